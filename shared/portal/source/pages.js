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
];

export const NAVIGATION = [
  { path: "/", name: "Overview", icon: "home" },
  { path: "/customers", name: "Customers", icon: "people" },
  { path: "/losses", name: "Upcoming losses", icon: "down" },
  { path: "/near", name: "Near the threshold", icon: "near" },
  { path: "/partners", name: "Partners", icon: "partner" },
];
