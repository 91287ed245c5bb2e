import assert from "node:assert/strict";
import * as icons from "lucide-react";

const there = (...names) => names.filter((name) => name in icons);

export default {
  brands: () => assert.deepEqual(there("Github", "Twitter", "Facebook", "Instagram", "Linkedin", "Youtube", "Figma", "Slack"), []),
  names() {
    const used = ["X", "Plus", "Mail", "MapPin", "ShoppingCart", "LayoutDashboard", "Wrench", "RefreshCw"];
    assert.deepEqual(there(...used), used);
    assert.deepEqual(there("Close", "Add", "Email", "Location", "Cart", "Dashboard", "Tool", "Refresh"), []);
  },
};
