// Offers the zone of the writer’s own clock while the site still has none of its own.
const field = document.querySelector("#id_time_zone");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (field && !field.disabled && field.value === "UTC" && [...field.options].some((one) => one.value === own)) {
  field.value = own;
}
