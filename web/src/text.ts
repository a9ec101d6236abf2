/** Every word that the page says, in one table: another language is another table of this type. */
import type { Refusal } from "./admission.ts";

/** What the user reads about a state: a headline, a sentence that explains it, and what can be done. */
export interface Notice {
  title: string;
  body: string;
}

export type EndReason = "user" | "takenOver" | "instance" | "owner" | "time" | "protocol" | "credential" | "lost";

const ENGLISH = {
  pageTitle: "Millrace",
  pageTitleOf: (stack: string) => `${stack} – Millrace`,
  screenLabel: "Remote screen. Press Control, Alt, Shift and M together to reach the session menu.",
  states: {
    opening: { title: "Opening your session", body: "Your link is being checked." },
    waiting: { title: "All computers are in use", body: "You are in the queue. Your session starts by itself as soon as one is free." },
    starting: { title: "Starting your computer", body: "This takes a moment." },
    connecting: { title: "Connecting", body: "The picture will be here any moment." },
    connected: { title: "Connected", body: "" },
    reconnecting: { title: "Connection lost – reconnecting", body: "Your session goes on and your work is safe. Trying to reach it again." },
    resuming: { title: "Resuming your session", body: "Connecting to where you left off." },
  } satisfies Record<string, Notice>,
  ended: {
    user: { title: "Session ended", body: "You ended the session. You can close this tab." },
    takenOver: {
      title: "Opened somewhere else",
      body: "Your session was opened in another window or on another device, and goes on there. To continue here, open your link again.",
    },
    instance: { title: "Session ended", body: "The computer that ran your applications has stopped. To start afresh, open your link again." },
    owner: { title: "Session ended", body: "An administrator ended this session." },
    time: { title: "Time is up", body: "The longest time that a session may take has passed." },
    protocol: { title: "Something went wrong", body: "Your browser and the server misunderstood each other. Your session still runs." },
    credential: { title: "This session is over", body: "It cannot be resumed any more. To start a new one, open your link again." },
    lost: { title: "The connection could not be restored", body: "Your session may still be running. Check your network, then try again." },
  } satisfies Record<EndReason, Notice>,
  refused: {
    invalid_ticket: { title: "This link is not valid", body: "It may be incomplete. Copy the whole link, or ask for a new one." },
    expired: { title: "This link has expired", body: "Links are valid for a short time only. Please ask for a new one." },
    spent: { title: "This link was used already", body: "A link opens one session, once. Please ask for a new one." },
    fleet_not_running: { title: "Not running right now", body: "The computers behind this link are switched off. Try again later." },
    not_associated: { title: "Nothing to open", body: "No computers belong to this link any more. Please ask for a new one." },
    capacity: { title: "No computer is free", body: "All are in use at the moment. Your link stays valid: try again in a little while." },
    instance_failed: { title: "Your computer could not start", body: "Your link stays valid. Try again; if it fails again, tell your administrator." },
    unavailable: { title: "The service cannot be reached", body: "Check your network, then try again." },
  } satisfies Record<Refusal, Notice>,
  noLink: { title: "No session to open", body: "To start one, open the streaming link that you were given." },
  unsupported: { title: "This browser is too old", body: "Please use a current version of Chrome, Edge, Firefox or Safari." },
  redirecting: (host: string) => `You are being taken to ${host}.`,
  tryAgain: "Try again",
  reconnectNow: "Reconnect now",
  reconnect: "Reconnect",
  menu: "Session menu",
  hide: "Hide menu",
  applications: "Applications",
  noApplications: "No applications",
  fullScreen: "Full screen",
  leaveFullScreen: "Leave full screen",
  feedback: "Feedback",
  end: "End session",
  confirmTitle: "End this session?",
  confirmBody: "Applications are closed, and what was not saved is lost.",
  cancel: "Cancel",
  anApplication: "An application",
  launching: (name: string) => `Opening ${name}…`,
  launchFailed: (name: string, why: string) => `${name} could not be started${why ? `: ${why}` : "."}`,
  exitedWith: (name: string, status: number) => `${name} stopped unexpectedly (status ${status}).`,
};

export type Text = typeof ENGLISH;

export const text: Text = ENGLISH;
