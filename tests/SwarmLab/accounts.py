"""Lays three accounts of the same bytes side by side: the report's, the sockets', the viewers'."""

import collections

from streams import PeerConnection

BOOKS_TOLERANCE = 0.03
OFFLOAD_TOLERANCE = 0.01

# Of what viewers hold; a piece is known to its viewer a moment before an edge hears of it.
DELIVERED_TOLERANCE = 0.005


class Sockets:
    """Payload that the kernel accepted from the servers' sockets, by receiver's address."""

    def __init__(self, books, info_hash):
        self.web_seed = collections.Counter()
        self.edge = collections.Counter()
        self.refusals = collections.Counter()
        self.faults = []
        for book in books:
            for _, remote, walker in book.connections():
                address = host_of(remote)
                if isinstance(walker, PeerConnection):
                    self.edge[address] += walker.payload
                    if walker.info_hash not in (None, info_hash):
                        self.faults.append(f"an edge speaks of {walker.info_hash} to {address}")
                    continue
                for (path, status), length in walker.bodies.items():
                    if path.startswith("/webseed/") and status in (200, 206):
                        self.web_seed[address] += length
                    elif path.startswith("/webseed/"):
                        self.refusals[status] += 1


class Comparison:
    """checks: (what, left, right, holds). `fault` texts make it fail, too."""

    def __init__(self, report, sockets, viewers, sha256, faults):
        self.faults = [*faults, *sockets.faults]
        self.checks = []
        self.viewers = viewers
        addresses = {viewer["address"] for viewer in viewers}
        delivered = sum(viewer["verified_bytes"] for viewer in viewers)
        fill = sum(count for address, count in sockets.web_seed.items() if address not in addresses)
        received = {source: sum(viewer["received"][source] for viewer in viewers) for source in ("web_seed", "edge", "peers")}
        self.rows = [
            {
                "viewer": viewer["address"],
                "doneSeconds": viewer["done_seconds"],
                "verifiedBytes": viewer["verified_bytes"],
                "webSeedBytes": {"sockets": sockets.web_seed[viewer["address"]], "viewers": viewer["received"]["web_seed"]},
                "edgeBytes": {"sockets": sockets.edge[viewer["address"]], "viewers": viewer["received"]["edge"]},
                "peerBytes": viewer["received"]["peers"],
                "uploadedBytes": viewer["payload_upload_bytes"],
                "redundantBytes": viewer["redundant_bytes"],
                "events": viewer["events"],
            }
            for viewer in viewers
        ]
        sent = {source: sum(row[source]["sockets"] for row in self.rows) for source in ("webSeedBytes", "edgeBytes")}
        self.totals = {
            "webSeedBytes": {"report": report["webSeedBytes"], "sockets": sent["webSeedBytes"], "viewers": received["web_seed"]},
            "edgeBytes": {"report": report["edgeBytes"], "sockets": sent["edgeBytes"], "viewers": received["edge"]},
            "edgeFillBytes": {"report": report["edgeFillBytes"], "sockets": fill},
            "deliveredLow": {"report": report["delivered"]["low"], "viewers": delivered},
            "deliveredHigh": {"report": report["delivered"]["high"], "viewers": delivered},
            "peerBytesHigh": {"report": report["peerBytes"]["high"], "viewers": received["peers"]},
            "viewerUploadBytes": {
                "report": report["viewerUploadBytes"],
                "viewers": sum(viewer["payload_upload_bytes"] for viewer in viewers),
            },
            "viewers": {"report": report["viewers"], "viewers": len(viewers)},
            "offloadLow": {"report": report["offload"]["low"], "viewers": _offload(received, delivered)},
            # The same in money: what came twice was sent and paid for as well.
            "offloadSent": {
                "report": report["offload"]["high"],
                "viewers": 1 - sum(sent.values()) / delivered if delivered else 0.0,
            },
            "offloadHigh": {"report": report["offload"]["high"], "viewers": _offload(received, delivered)},
        }
        for viewer in viewers:
            name = viewer["address"]
            if not viewer["left_early"]:
                self._check(f"{name} holds the published file", viewer["sha256"], sha256)
            whole = viewer["verified_bytes"] + viewer["failed_bytes"]
            self._check(f"{name}: sum over its sources = verified + failed", sum(viewer["received"].values()), whole)
        for source in ("web_seed", "edge", "peers"):
            self._check(f"viewers took from: {source}", received[source], "> 0", received[source] > 0)
        for row in self.rows:
            for source in ("webSeedBytes", "edgeBytes"):
                ends = row[source]
                holds = ends["sockets"] >= ends["viewers"]
                self._check(f"{row['viewer']} {source}: sent >= received", ends["sockets"], ends["viewers"], holds)
        self._check("viewers: report = lab", report["viewers"], len(viewers))
        low = report["delivered"]["low"]
        spare = DELIVERED_TOLERANCE * delivered
        self._check("delivered.low: not more than viewers hold", low, delivered, low <= delivered + spare)
        high = report["delivered"]["high"]
        self._check("delivered.high: not less than viewers hold", high, delivered, high >= delivered - spare)
        for what in ("webSeedBytes", "edgeBytes", "edgeFillBytes"):
            self._check(f"{what}: report = sockets", self.totals[what]["report"], self.totals[what]["sockets"])
        for what in ("webSeedBytes", "edgeBytes"):
            left, right = self.totals[what]["report"], self.totals[what]["viewers"]
            holds = abs(left - right) <= BOOKS_TOLERANCE * right
            self._check(f"{what}: report within {BOOKS_TOLERANCE:.0%} of viewers", left, right, holds)
        left, right = self.totals["offloadHigh"]["report"], self.totals["offloadHigh"]["viewers"]
        self._check("offload: report within 1 point of viewers", left, right, abs(left - right) <= OFFLOAD_TOLERANCE)

    @property
    def passed(self):
        return not self.faults and all(check["holds"] for check in self.checks)

    def document(self):
        return {
            "passed": self.passed,
            "faults": self.faults,
            "totals": self.totals,
            "checks": self.checks,
            "viewers": self.rows,
        }

    def table(self):
        lines = [f"{'':22}{'report':>15}{'sockets sent':>15}{'viewers got':>15}{'report-sockets':>16}{'report/viewers':>16}"]
        for what, ends in self.totals.items():
            cells = [_cell(ends.get(side)) for side in ("report", "sockets", "viewers")]
            exact = ends["report"] - ends["sockets"] if "sockets" in ends else None
            share = None
            if "offload" in what:
                share = f"{(ends['report'] - ends['viewers']) * 100:+.2f} points"
            elif ends.get("viewers"):
                share = f"{(ends['report'] / ends['viewers'] - 1) * 100:+.3f} %"
            lines.append(f"{what:22}{cells[0]:>15}{cells[1]:>15}{cells[2]:>15}{_cell(exact):>16}{share or '-':>16}")
        lines.append("")
        lines.append(f"{'viewer':16}{'done s':>8}{'web sent':>13}{'web got':>13}{'edge sent':>13}{'edge got':>13}{'peers':>13}{'twice':>9}")
        for row in self.rows:
            web, edge = row["webSeedBytes"], row["edgeBytes"]
            done = "-" if row["doneSeconds"] is None else f"{row['doneSeconds']:.1f}"
            counts = [web["sockets"], web["viewers"], edge["sockets"], edge["viewers"], row["peerBytes"]]
            lines.append(f"{row['viewer']:16}{done:>8}" + "".join(f"{count:>13}" for count in counts) + f"{row['redundantBytes']:>9}")
        lines.append("")
        failed = [check for check in self.checks if not check["holds"]]
        lines += [f"DOES NOT HOLD  {check['what']}: {check['left']} against {check['right']}" for check in failed]
        lines += [f"FAULT  {fault}" for fault in self.faults]
        lines.append(f"{len(self.checks) - len(failed)} of {len(self.checks)} checks hold: {'PASSED' if self.passed else 'FAILED'}")
        return "\n".join(lines)

    def _check(self, what, left, right, holds=None):
        self.checks.append({"what": what, "left": left, "right": right, "holds": left == right if holds is None else holds})


def host_of(end):
    """The address in "address:port"."""
    return end.rpartition(":")[0]


def _offload(received, delivered):
    return 1 - (received["web_seed"] + received["edge"]) / delivered if delivered else 0.0


def _cell(value):
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
