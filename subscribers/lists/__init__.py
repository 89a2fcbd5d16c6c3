"""All of CSV: lists on their way in, people on their way out.

The desk and the commands import it, and of `subscribers` nothing else does. Start with `jobs` (an
upload, taken by workers) or `exporter`. A list comes in through these, in this order:

    csv_file     how the file is written; every line becomes a row or a problem
    recognising  what each column holds: `columns` and `consent` by its name, `survey`, `statuses`
                 and `vocabulary` by what stands in it; what is not clear becomes `questions`
    mapping      what the person answered; `options` reads it from the command line
    cells        what a row says beyond address and name
    importer     what the rows come to, many thousand a transaction; `extras` writes the rest,
                 `totals` counts them, `seen` remembers for a dry run, `preview` and `rejects` show
                 what became of them

Nobody is mailed on a guess: what is not understood is asked.
"""
