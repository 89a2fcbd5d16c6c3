// Larger, plainer controls than a browser's own, which stay without scripts. Nothing is loaded
// before it is played, and nothing remembered.

const box = document.getElementById("player-box").content.firstElementChild;
const sounds = document.querySelectorAll(".sound audio");
const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

for (const audio of sounds) {
  const player = box.cloneNode(true);
  const [place, play, time, status] = player.querySelectorAll("input, [data-play], span, p");
  player.setAttribute("aria-labelledby", audio.getAttribute("aria-labelledby"));

  const show = () => {
    place.max = Math.ceil(audio.duration || audio.dataset.seconds);
    place.value = audio.currentTime;
    time.textContent = `${clock(audio.currentTime)} / ${clock(place.max)}`;
    place.setAttribute("aria-valuetext", time.textContent);
    play.textContent = audio.paused ? play.dataset.play : play.dataset.pause;
    if (!audio.paused) for (const other of sounds) if (other !== audio) other.pause();
  };
  const go = (to) => {
    audio.currentTime = Math.max(0, Math.min(to, place.max));
    show();
  };

  play.onclick = () => {
    status.textContent = "";
    if (audio.paused) audio.play().catch(() => {}); // what went wrong is said below
    else audio.pause();
  };
  audio.onerror = () => { status.textContent = status.dataset.status; };
  place.oninput = () => go(place.value);
  for (const button of player.querySelectorAll("[data-skip]")) {
    button.onclick = () => go(audio.currentTime + Number(button.dataset.skip));
  }
  for (const event of ["timeupdate", "durationchange", "play", "pause"]) {
    audio.addEventListener(event, show);
  }
  audio.controls = false;
  audio.after(player);
  show();
}
