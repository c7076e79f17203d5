using Distribution.Contracts.Reports;
using Distribution.Silos.State;

namespace Distribution.Silos.Reports;

/// <summary>Reads how viewers with peers fared beside those with our servers alone.</summary>
internal static class TrialReader
{
    private const int SilentSeconds = 3600;

    /// <summary>The newest of so many are enough to compare.</summary>
    private const string Rows =
        "SELECT h.held_out, h.started_at, h.began_at, h.completed_at, h.last_at FROM "
        + "(SELECT t.*, t.started_at AS hour_start FROM ledger_trial t) AS h JOIN ledger_file f ON f.file_key = h.file_key WHERE ";
    private const string End = " ORDER BY h.started_at DESC LIMIT 100000";

    /// <param name="now">Unix time.</param>
    /// <returns>Null: nobody was compared.</returns>
    public static HoldoutComparison? Read(StateSession session, ReportScope scope, long now)
    {
        List<Trial> trials = session.Query(
            Rows + scope.Filter + End,
            static row => new Trial(
                row.GetInt32(0) != 0,
                row.GetInt64(1),
                row.GetInt64(2),
                row.GetInt64(3),
                row.GetInt64(4)
            ),
            scope.Values
        );
        return trials.Count == 0
            ? null
            : new HoldoutComparison(
                GroupOf([.. trials.Where(static one => !one.IsHeldOut)], now),
                GroupOf([.. trials.Where(static one => one.IsHeldOut)], now)
            );
    }

    private static HoldoutGroup GroupOf(Trial[] trials, long now) =>
        new(
            trials.Length,
            trials.Count(static one => one.CompletedAt > 0),
            trials.Count(one => one.CompletedAt == 0 && one.LastAt < now - SilentSeconds),
            Median(trials.Where(static one => one.BeganAt > 0).Select(static one => one.BeganAt - one.StartedAt)),
            Median(
                trials.Where(static one => one.CompletedAt > 0).Select(static one => one.CompletedAt - one.StartedAt)
            )
        );

    private static double? Median(IEnumerable<long> seconds)
    {
        long[] sorted = [.. seconds.Order()];
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0;
    }

    private readonly record struct Trial(bool IsHeldOut, long StartedAt, long BeganAt, long CompletedAt, long LastAt);
}
