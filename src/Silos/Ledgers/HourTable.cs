using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers;

/// <summary>Rows of <c>ledger_hour</c>, as bookings make them; Chain/ tells what of them is in the chain.</summary>
internal static class HourTable
{
    public const int HourSeconds = 3600;

    private static readonly string Insert =
        $"INSERT INTO ledger_hour (file_key, hour_start, {FigureColumns.List()}) "
        + $"VALUES ($1, $2, {FigureColumns.Places(3)}) "
        + $"ON CONFLICT (file_key, hour_start) DO UPDATE SET {FigureColumns.Plus("ledger_hour")}, is_chained = 0";

    public static long HourOf(long unixSeconds) => unixSeconds - unixSeconds % HourSeconds;

    /// <summary>The first full hour that is not before a time.</summary>
    public static long HourAfter(long unixSeconds) => HourOf(unixSeconds + HourSeconds - 1);

    public static void Add(StateSession session, long fileKey, long hourStart, in LedgerDelta delta)
    {
        if (!delta.IsEmpty)
            session.Execute(Insert, [fileKey, hourStart, .. FigureColumns.Values(delta.Figures)]);
    }
}
