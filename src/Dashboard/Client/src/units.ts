// Decimal units, as everywhere in the portal: 1 kB is 1000 bytes.
import { say } from "./words";

const names = ["B", "kB", "MB", "GB", "TB", "PB"];

export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < names.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${names[unit]}`;
}

const rateNames = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"];

/** As networks and video people say it: in bits. */
export function rateText(bytesPerSecond: number): string {
  let value = bytesPerSecond * 8;
  let unit = 0;
  while (value >= 999.5 && unit < rateNames.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${rateNames[unit]}`;
}

export function durationText(seconds: number): string {
  if (seconds < 1) return say("under-a-second");
  if (seconds < 60) return say("seconds", Math.round(seconds));
  if (seconds < 3600) return say("minutes", Math.round(seconds / 60));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.round((seconds % 3600) / 60);
  return hours < 48 ? say("hours", hours, minutes) : say("days", Math.round(hours / 24));
}
