// Recordings of a call, with what was said beside the player.

import { call } from "./api.js";
import { h, fill } from "./dom.js";
import { clock, lasting, moment } from "./format.js";
import { named, t } from "./i18n.js";

export class Recordings {
  constructor(callId) {
    this.call = callId;
    this.el = h("section", { class: "section", "aria-label": t("recording.title") });
    this.load();
  }

  async load() {
    try {
      const [recordings, transcripts] = await Promise.all([
        call("GET", `/api/calls/${this.call}/recordings`),
        call("GET", `/api/calls/${this.call}/transcripts`),
      ]);
      this.draw(recordings.items, transcripts.items);
    } catch (problem) {
      fill(this.el, h("h3", {}, t("recording.title")), h("p", { class: "muted" }, problem.status === 404 ? t("none") : problem.message));
    }
  }

  draw(recordings, transcripts) {
    fill(this.el,
      h("h3", {}, t("recording.title")),
      recordings.length === 0 && h("p", { class: "muted" }, t("recording.none")),
      recordings.map((recording) => this.one(recording, transcripts.find((read) => read.recording === recording.id))),
    );
  }

  one(recording, transcript) {
    const playable = recording.audio && ["sealed", "damaged"].includes(recording.status);
    const player = playable && h("audio", { controls: true, preload: "metadata", src: recording.audio, "aria-label": t("recording.player") });
    return h("div", {},
      h("p", { class: "muted num" }, `${moment(recording.started_at)}  ${lasting(recording.seconds)}  `,
        recording.status !== "sealed" && h("span", { class: "tag warn" }, named("recording", recording.status)),
        recording.repaired && h("span", { class: "tag" }, t("recording.repaired"))),
      player,
      transcript ? this.said(transcript, player) : playable && h("p", { class: "muted" }, t("transcript.none")),
    );
  }

  said(transcript, player) {
    if (transcript.status !== "ready") {
      const serious = ["awaiting_model", "failed"].includes(transcript.status);
      return h("p", { class: serious ? "note" : "muted", role: "status" }, named("transcript", transcript.status));
    }
    const seek = (segment) => () => {
      if (!player) return;
      player.currentTime = segment.start_ms / 1000;
      player.play();
    };
    return h("div", { class: "talk" }, transcript.segments.map((segment) => h("button", {
      class: `said-by ${segment.party}`, type: "button", title: t("transcript.seek"), on: { click: seek(segment) },
    }, h("span", { class: "by num" }, `${named("party", segment.party)} ${clock(segment.start_ms)}`), segment.text)));
  }
}
