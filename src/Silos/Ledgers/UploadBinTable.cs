using Distribution.Contracts.Reports;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers;

/// <summary>Rows of <c>ledger_upload_bin</c>: a publisher's viewers by the day on which they came and by what they say they uploaded since.</summary>
internal static class UploadBinTable
{
    public const int DaySeconds = 86400;

    public static long DayOf(long unixSeconds) => unixSeconds - unixSeconds % DaySeconds;

    public static void Move(StateSession session, string? publisherId, in ViewerRow before, in ViewerRow after)
    {
        int? from = BinOf(before);
        int? to = BinOf(after);
        if (publisherId is null || from == to)
            return;
        Add(session, publisherId, after.FirstSeen, from, -1);
        Add(session, publisherId, after.FirstSeen, to, 1);
    }

    /// <summary>Null: it never announced, so it has said nothing.</summary>
    private static int? BinOf(in ViewerRow viewer) =>
        viewer.HasAnnounced ? UploadBin.NumberOf(viewer.Session.GivenBytes) : null;

    private static void Add(StateSession session, string publisherId, long firstSeen, int? bin, long viewers)
    {
        if (bin is { } number)
            session.Execute(
                "INSERT INTO ledger_upload_bin (publisher_id, day_start, bin, viewers) VALUES ($1, $2, $3, $4) "
                    + "ON CONFLICT (publisher_id, day_start, bin) DO UPDATE SET viewers = ledger_upload_bin.viewers + excluded.viewers",
                publisherId,
                DayOf(firstSeen),
                number,
                viewers
            );
    }
}
