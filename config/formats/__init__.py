"""How dates are written, where Django's own way is not ours. The desk's lists have `SHORT_…`."""
