// Every page: its path, and the module that is loaded when it is opened; and what the navigation shows to whom.

/** Roles that may read. */
export const READ = ["Eligibility.Read", "Rules.Manage", "Operations.Manage", "Rules.Approve", "Exceptions.Manage"];

export const PAGES = [
  ["/", "home"],
  ["/customers", "customers"],
  ["/customers/:id", "customer"],
  ["/customers/:id/history/:number", "decision"],
  ["/customers/:id/what-if", "what-if"],
  ["/partners", "partners"],
  ["/partners/:id", "partner"],
  ["/losses", "losses"],
  ["/near", "near"],
  ["/exceptions", "exceptions"],
  ["/customers/:id/exceptions", "grant"],
  ["/rules", "rules"],
  ["/rules/:version", "rule-set"],
  ["/rules/:version/edit", "draft"],
  ["/previews/:id", "preview"],
  ["/quarantine", "quarantine"],
  ["/quarantine/:id", "message"],
  ["/log", "log"],
];

export const NAVIGATION = [
  { path: "/", name: "Overview", icon: "home" },
  { path: "/customers", name: "Customers", icon: "people" },
  { path: "/losses", name: "Upcoming losses", icon: "down" },
  { path: "/near", name: "Near the threshold", icon: "near" },
  { path: "/partners", name: "Partners", icon: "partner" },
  { path: "/exceptions", name: "Exceptions", icon: "exception" },
  { path: "/rules", name: "Rules", icon: "rules" },
  { path: "/quarantine", name: "Quarantine", icon: "inbox", roles: ["Operations.Manage"] },
  { path: "/log", name: "Change log", icon: "log", roles: ["Rules.Manage", "Rules.Approve", "Operations.Manage"] },
];
