/** Every word that the page says, in one table: another language is another table of this type. */
import type { Refusal } from "./admission.ts";

/** What the user reads about a state: a headline, a sentence that explains it, and what can be done. */
export interface Notice {
  title: string;
  body: string;
}

export type EndReason = "user" | "takenOver" | "instance" | "owner" | "time" | "protocol" | "credential" | "lost" | "idle";

const inWords = (seconds: number) =>
  seconds >= 90 ? `${Math.round(seconds / 60)} minutes` : seconds === 1 ? "one second" : `${seconds} seconds`;

const ENGLISH = {
  language: "en",
  pageTitle: "Millrace",
  pageTitleOf: (stack: string) => `${stack} – Millrace`,
  screenLabel: "Remote screen. Press Control, Alt, Shift and M together to reach the session menu.",
  states: {
    opening: { title: "Opening your session", body: "Your link is being checked." },
    waiting: { title: "All computers are in use", body: "You are in the queue. Your session starts by itself as soon as one is free." },
    starting: { title: "Starting your computer", body: "This takes a moment." },
    connecting: { title: "Connecting", body: "The picture will be here any moment." },
    connected: { title: "Connected", body: "" },
    reconnecting: { title: "Connection lost, reconnecting", body: "Your session goes on, and your work in it is safe." },
    resuming: { title: "Resuming your session", body: "Connecting to where you left off." },
  } satisfies Record<string, Notice>,
  ended: {
    user: { title: "Session ended", body: "You ended the session." },
    takenOver: {
      title: "Opened somewhere else",
      body: "Your session was opened in another window or on another device, and goes on there. To continue here, you need a new link.",
    },
    instance: { title: "Session ended", body: "The computer that ran your applications has stopped. To start afresh, you need a new link." },
    owner: { title: "Session ended", body: "An administrator ended this session." },
    time: { title: "Time is up", body: "Your session has reached its longest duration." },
    protocol: { title: "Something went wrong", body: "Your browser and the server misunderstood each other. Your session is still running." },
    credential: { title: "This session is over", body: "It cannot be resumed any more. For a new one you need a new link." },
    idle: {
      title: "Disconnected while you were away",
      body: "Nothing was done here for a long time. Your session goes on for a while: reconnect to continue where you left off.",
    },
    lost: { title: "The connection could not be restored", body: "Your session may still be running. Check your network connection, then try again." },
  } satisfies Record<EndReason, Notice>,
  refused: {
    invalid_ticket: { title: "This link is not valid", body: "It may be incomplete. Copy the whole link, or ask for a new one." },
    expired: { title: "This link has expired", body: "Links are valid for a short time only. Please ask for a new one." },
    spent: { title: "This link was used already", body: "Each link opens one session, and only once. Please ask for a new one." },
    fleet_not_running: { title: "Not running right now", body: "The computers behind this link are switched off. Try again later." },
    not_associated: { title: "Nothing to open", body: "No computers belong to this link any more. Please ask for a new one." },
    capacity: { title: "No computer is free", body: "All are in use at the moment. Your link stays valid: try again in a little while." },
    instance_failed: { title: "Your computer could not start", body: "Your link stays valid. Try again; if it fails again, tell your administrator." },
    opened_again: { title: "This link is open in another tab", body: "The newer tab waits for a computer. To wait here instead, try again." },
    home_folder: { title: "Your home folder cannot be opened", body: "Nothing in it was changed. Your administrator can see why. To try again, ask for a new link." },
    home_folder_full: { title: "There is no room to open your home folder", body: "Nothing in it was changed. Tell your administrator, and ask for a new link later." },
    unavailable: { title: "The service cannot be reached", body: "It may be down for a moment, or your network connection may be interrupted. Try again." },
  } satisfies Record<Refusal, Notice>,
  noLink: { title: "No session to open", body: "To start one, open the streaming link that you were given." },
  unsupported: { title: "This browser is too old", body: "Please use a current version of Chrome, Edge, Firefox or Safari." },
  closeTab: "You can close this tab.",
  redirecting: (host: string) => `You are being taken to ${host}.`,
  idleSoon: (seconds: number) => `You will be disconnected in ${inWords(seconds)}, unless you move the pointer or press a key.`,
  timeSoon: (seconds: number) => `Your session ends in ${inWords(seconds)}, when it reaches its longest duration. Save your work.`,
  understood: "Understood",
  clipboard: {
    notAllowed: "What you copied elsewhere cannot be pasted here: your administrator does not allow it.",
    tooLong: "What you copied is too long to be pasted here.",
    copyTooLong: "What was copied in the session is too long to be passed on to your computer.",
    copyWaits: "Copied. Click once more for your browser to take it.",
    cannotRead: "Your browser does not hand out its clipboard like this. Click into the picture and press Ctrl+V.",
  },
  tryAgain: "Try again",
  reconnectNow: "Reconnect now",
  reconnect: "Reconnect",
  menu: "Session menu",
  menuHint: (keys: string) => `The session menu is at the top edge. ${keys} opens it, too.`,
  hide: "Hide menu",
  applications: "Applications",
  catalogueTitle: "Your applications",
  noApplications: "There are none here. Ask your administrator.",
  noneFound: "No application has that name.",
  search: "Search applications",
  close: "Close",
  isOpen: "open",
  windows: "Windows",
  windowCount: (count: number) => `Windows (${count})`,
  closeWindow: (title: string) => `Close ${title}`,
  aWindow: "A window",
  more: "More",
  notYet: "Your administrator allows these, but this server cannot do them yet:",
  settings: {
    FILE_UPLOAD: "Upload files",
    FILE_DOWNLOAD: "Download files",
    PRINTING_TO_LOCAL_DEVICE: "Print on your printer",
    DOMAIN_PASSWORD_SIGNIN: "Sign in with a domain password",
    DOMAIN_SMART_CARD_SIGNIN: "Sign in with a smart card",
    AUTO_TIME_ZONE_REDIRECTION: "Your own time zone",
    SMART_CARD_REDIRECTION: "Use your smart card inside the session",
  },
  keys: "Keys",
  keyNames: { control: "Ctrl", shift: "Shift", alt: "Alt", delete: "Del", super: "Super (Windows)", escape: "Esc" },
  paste: "Paste",
  figures: "Figures",
  figureNames: {
    total: "Key to picture",
    network: "Network (both ways)",
    application: "Application",
    capture: "Capture",
    encode: "Encoding",
    decode: "Decoding",
    paint: "Painting",
    frames: "Frames a second",
    bandwidth: "Bandwidth",
    codec: (name: string) => `Sent as ${name}`,
  },
  codecNames: { copy: "copies", fill: "one colour", zstdRgba: "zstd", palette: "palette", jpeg: "JPEG", h264: "H.264" },
  noFigures: "Press a key to measure the delay.",
  fullScreen: "Full screen",
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

const inGermanWords = (seconds: number) =>
  seconds >= 90 ? `${Math.round(seconds / 60)} Minuten` : seconds === 1 ? "einer Sekunde" : `${seconds} Sekunden`;

const GERMAN: Text = {
  language: "de",
  pageTitle: "Millrace",
  pageTitleOf: (stack) => `${stack} – Millrace`,
  screenLabel: "Entfernter Bildschirm. Strg, Alt, Umschalt und M zusammen öffnen das Sitzungsmenü.",
  states: {
    opening: { title: "Ihre Sitzung wird geöffnet", body: "Ihr Link wird geprüft." },
    waiting: { title: "Alle Rechner sind belegt", body: "Sie stehen in der Warteschlange. Ihre Sitzung beginnt von selbst, sobald einer frei wird." },
    starting: { title: "Ihr Rechner startet", body: "Das dauert einen Moment." },
    connecting: { title: "Verbindung wird hergestellt", body: "Das Bild erscheint gleich." },
    connected: { title: "Verbunden", body: "" },
    reconnecting: { title: "Verbindung verloren, neuer Versuch", body: "Ihre Sitzung läuft weiter, und Ihre Arbeit darin ist sicher." },
    resuming: { title: "Ihre Sitzung wird fortgesetzt", body: "Es geht weiter, wo Sie aufgehört haben." },
  },
  ended: {
    user: { title: "Sitzung beendet", body: "Sie haben die Sitzung beendet." },
    takenOver: {
      title: "Anderswo geöffnet",
      body: "Ihre Sitzung wurde in einem anderen Fenster oder auf einem anderen Gerät geöffnet und läuft dort weiter. Um hier fortzufahren, brauchen Sie einen neuen Link.",
    },
    instance: { title: "Sitzung beendet", body: "Der Rechner mit Ihren Anwendungen läuft nicht mehr. Um neu zu beginnen, brauchen Sie einen neuen Link." },
    owner: { title: "Sitzung beendet", body: "Ein Administrator hat diese Sitzung beendet." },
    time: { title: "Die Zeit ist um", body: "Ihre Sitzung hat die längste zulässige Dauer erreicht." },
    protocol: { title: "Etwas ist schiefgegangen", body: "Ihr Browser und der Server haben einander nicht verstanden. Ihre Sitzung läuft noch." },
    credential: { title: "Diese Sitzung ist vorbei", body: "Sie lässt sich nicht mehr fortsetzen. Für eine neue Sitzung brauchen Sie einen neuen Link." },
    idle: {
      title: "Getrennt, während Sie abwesend waren",
      body: "Sie haben hier längere Zeit nichts getan. Ihre Sitzung läuft noch eine Weile weiter: Verbinden Sie sich neu, um fortzufahren.",
    },
    lost: { title: "Die Verbindung ließ sich nicht wiederherstellen", body: "Ihre Sitzung läuft vielleicht noch. Prüfen Sie Ihre Netzverbindung und versuchen Sie es dann erneut." },
  },
  refused: {
    invalid_ticket: { title: "Dieser Link ist ungültig", body: "Vielleicht ist er unvollständig. Kopieren Sie den ganzen Link oder bitten Sie um einen neuen." },
    expired: { title: "Dieser Link ist abgelaufen", body: "Links gelten nur kurze Zeit. Bitten Sie um einen neuen." },
    spent: { title: "Dieser Link wurde schon benutzt", body: "Jeder Link öffnet nur einmal eine Sitzung. Bitten Sie um einen neuen." },
    fleet_not_running: { title: "Zurzeit nicht in Betrieb", body: "Die Rechner hinter diesem Link sind ausgeschaltet. Versuchen Sie es später erneut." },
    not_associated: { title: "Nichts zu öffnen", body: "Zu diesem Link gehören keine Rechner mehr. Bitten Sie um einen neuen." },
    capacity: { title: "Kein Rechner ist frei", body: "Zurzeit sind alle belegt. Ihr Link bleibt gültig: Versuchen Sie es in Kürze noch einmal." },
    instance_failed: { title: "Ihr Rechner konnte nicht starten", body: "Ihr Link bleibt gültig. Versuchen Sie es erneut. Gelingt es wieder nicht, wenden Sie sich an Ihren Administrator." },
    opened_again: { title: "Dieser Link ist in einem anderen Tab geöffnet", body: "Der neuere Tab wartet auf einen Rechner. Um stattdessen hier zu warten, versuchen Sie es erneut." },
    home_folder: { title: "Ihr Basisordner kann nicht geöffnet werden", body: "In ihm wurde nichts geändert. Ihr Administrator kann sehen, warum. Bitten Sie um einen neuen Link, um es erneut zu versuchen." },
    home_folder_full: { title: "Für Ihren Basisordner ist kein Platz", body: "In ihm wurde nichts geändert. Sagen Sie es Ihrem Administrator, und bitten Sie später um einen neuen Link." },
    unavailable: { title: "Der Dienst ist nicht erreichbar", body: "Vielleicht ist er nur kurz gestört, vielleicht ist Ihre Netzverbindung unterbrochen. Versuchen Sie es erneut." },
  },
  noLink: { title: "Keine Sitzung zu öffnen", body: "Öffnen Sie den Streaming-Link, den Sie bekommen haben." },
  unsupported: { title: "Dieser Browser ist zu alt", body: "Bitte verwenden Sie eine aktuelle Version von Chrome, Edge, Firefox oder Safari." },
  closeTab: "Sie können diesen Tab schließen.",
  redirecting: (host) => `Sie werden zu ${host} weitergeleitet.`,
  idleSoon: (seconds) => `In ${inGermanWords(seconds)} werden Sie getrennt, falls Sie nicht den Mauszeiger bewegen oder eine Taste drücken.`,
  timeSoon: (seconds) => `In ${inGermanWords(seconds)} endet Ihre Sitzung, weil sie dann ihre längste Dauer erreicht. Speichern Sie Ihre Arbeit.`,
  understood: "Verstanden",
  clipboard: {
    notAllowed: "Was Sie anderswo kopiert haben, lässt sich hier nicht einfügen: Ihr Administrator erlaubt es nicht.",
    tooLong: "Was Sie kopiert haben, ist zu lang, um hier eingefügt zu werden.",
    copyTooLong: "Was in der Sitzung kopiert wurde, ist zu lang für die Übergabe an Ihren eigenen Rechner.",
    copyWaits: "Kopiert. Klicken Sie noch einmal, damit Ihr Browser es übernimmt.",
    cannotRead: "Ihr Browser gibt die Zwischenablage auf diesem Weg nicht frei. Klicken Sie in das Bild und drücken Sie Strg+V.",
  },
  tryAgain: "Erneut versuchen",
  reconnectNow: "Jetzt neu verbinden",
  reconnect: "Neu verbinden",
  menu: "Sitzungsmenü",
  menuHint: (keys) => `Das Sitzungsmenü finden Sie am oberen Rand. Auch ${keys} öffnet es.`,
  hide: "Menü ausblenden",
  applications: "Anwendungen",
  catalogueTitle: "Ihre Anwendungen",
  noApplications: "Hier gibt es keine. Wenden Sie sich an Ihren Administrator.",
  noneFound: "Keine Anwendung hat diesen Namen.",
  search: "Anwendungen suchen",
  close: "Schließen",
  isOpen: "geöffnet",
  windows: "Fenster",
  windowCount: (count) => `Fenster (${count})`,
  closeWindow: (title) => `${title} schließen`,
  aWindow: "Ein Fenster",
  more: "Mehr",
  notYet: "Ihr Administrator erlaubt dies, aber dieser Server kann es noch nicht:",
  settings: {
    FILE_UPLOAD: "Dateien hochladen",
    FILE_DOWNLOAD: "Dateien herunterladen",
    PRINTING_TO_LOCAL_DEVICE: "Auf Ihrem Drucker drucken",
    DOMAIN_PASSWORD_SIGNIN: "Mit einem Domänenkennwort anmelden",
    DOMAIN_SMART_CARD_SIGNIN: "Mit einer Smartcard anmelden",
    AUTO_TIME_ZONE_REDIRECTION: "Ihre eigene Zeitzone",
    SMART_CARD_REDIRECTION: "Ihre Smartcard in der Sitzung verwenden",
  },
  keys: "Tasten",
  keyNames: { control: "Strg", shift: "Umschalt", alt: "Alt", delete: "Entf", super: "Super (Windows)", escape: "Esc" },
  paste: "Einfügen",
  figures: "Messwerte",
  figureNames: {
    total: "Taste bis Bild",
    network: "Netz (hin und zurück)",
    application: "Anwendung",
    capture: "Erfassung",
    encode: "Codierung",
    decode: "Decodierung",
    paint: "Zeichnen",
    frames: "Bilder je Sekunde",
    bandwidth: "Bandbreite",
    codec: (name) => `Gesendet als ${name}`,
  },
  codecNames: { copy: "Kopien", fill: "eine Farbe", zstdRgba: "zstd", palette: "Palette", jpeg: "JPEG", h264: "H.264" },
  noFigures: "Drücken Sie eine Taste, um die Verzögerung zu messen.",
  fullScreen: "Vollbild",
  feedback: "Feedback",
  end: "Sitzung beenden",
  confirmTitle: "Diese Sitzung beenden?",
  confirmBody: "Anwendungen werden geschlossen; was nicht gespeichert ist, geht verloren.",
  cancel: "Abbrechen",
  anApplication: "Eine Anwendung",
  launching: (name) => `${name} wird geöffnet …`,
  launchFailed: (name, why) => `${name} konnte nicht gestartet werden${why ? `: ${why}` : "."}`,
  exitedWith: (name, status) => `${name} wurde unerwartet beendet (Status ${status}).`,
};

export const TEXTS = { en: ENGLISH, de: GERMAN } as const;

/** The page's own keys, as they stand on the user's keyboard. */
export function ownKeys(letter: "M" | "I" | "A"): string {
  const { control, alt, shift } = text.keyNames;
  return [control, alt, shift, letter].join("\u00a0+\u00a0");
}

/** The first of the user's languages that there are words in. */
export function choose(languages: readonly string[]): Text {
  for (const language of languages) {
    const [name] = language.toLowerCase().split("-");
    if (name === "en" || name === "de") {
      return TEXTS[name];
    }
  }
  return ENGLISH;
}

export const text: Text = choose(typeof navigator === "undefined" ? [] : (navigator.languages ?? []));
