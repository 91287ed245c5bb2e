import "../tokens.css";
import "../home/home.css";
import "./account.css";

export function AccountStyles(): null { return null; }
