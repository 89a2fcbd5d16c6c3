// A sound with larger, plainer controls than a browser's own, which stay without scripts. Nothing
// is loaded before it is played, and nothing remembered.

const box = document.getElementById("player-box");

const clock = (seconds) => {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

function dress(audio) {
  const player = box.content.cloneNode(true).firstElementChild;
  const find = (name) => player.querySelector(`[data-${name}]`);
  const play = find("play"), place = find("place"), time = find("time"), status = find("status");
  const name = document.getElementById(audio.getAttribute("aria-labelledby"));
  player.setAttribute("aria-labelledby", name.id);

  const length = () => (Number.isFinite(audio.duration) ? audio.duration : +audio.dataset.seconds);
  const show = () => {
    const at = Math.min(audio.currentTime, length());
    place.max = Math.ceil(length());
    place.value = at;
    time.textContent = `${clock(at)} / ${clock(length())}`;
    place.setAttribute("aria-valuetext", `${clock(at)} / ${clock(length())}`);
    play.textContent = audio.paused ? play.dataset.play : play.dataset.pause;
  };
  const go = (to) => {
    audio.currentTime = Math.max(0, Math.min(to, length()));
    show();
  };

  play.addEventListener("click", () => {
    status.textContent = "";
    // Who presses twice interrupts what just began: that is no trouble.
    if (audio.paused) audio.play().catch((why) => why.name === "AbortError" || fail());
    else audio.pause();
  });
  const fail = () => { status.textContent = status.dataset.status; };
  place.addEventListener("input", () => go(+place.value));
  for (const skip of player.querySelectorAll("[data-skip]")) {
    skip.addEventListener("click", () => go(audio.currentTime + Number(skip.dataset.skip)));
  }
  for (const event of ["timeupdate", "durationchange", "play", "pause", "ended"]) {
    audio.addEventListener(event, show);
  }
  audio.addEventListener("play", () => {
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
  });
  audio.addEventListener("error", fail);
  audio.controls = false;
  audio.after(player);
  show();
}

document.querySelectorAll(".sound audio").forEach(dress);
