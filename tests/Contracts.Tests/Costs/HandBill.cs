using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;

namespace Distribution.Contracts.Tests.Costs;

/// <summary>
/// A bill by the slow way, written apart from the library: gigabyte after gigabyte, hour after hour, in whole gigabytes only. It knows
/// contracts of one region and terms without borders inside the range's months.
/// </summary>
internal static class HandBill
{
    /// <summary>What <paramref name="gigabytes"/> of each hour cost up to a moment of a month.</summary>
    public static decimal Month(TrafficPlan plan, IReadOnlyList<long> gigabytes, int monthHours)
    {
        long all = gigabytes.Sum();
        decimal sum = 0;
        switch (plan)
        {
            case GraduatedTiers graduated:
                for (long gigabyte = 1; gigabyte <= all; gigabyte++)
                    sum += PriceOf(graduated.Tiers, gigabyte);
                return sum;
            case VolumeTiers volume:
                for (long gigabyte = 1; gigabyte <= all; gigabyte++)
                    sum += PriceOf(volume.Tiers, all);
                return sum;
            case FlatPlan flat:
                for (int hour = 0; hour < gigabytes.Count; hour++)
                    sum += flat.PerMonth / monthHours;
                for (long gigabyte = 1; gigabyte <= all; gigabyte++)
                    sum += gigabyte > flat.QuotaGigabytes ? flat.OveragePerGigabyte ?? 0 : 0;
                return sum;
            case CommitPlan commit:
                for (int hour = 0; hour < gigabytes.Count; hour++)
                    sum += commit.CommitGigabytes * commit.PerGigabyte / monthHours;
                for (long gigabyte = 1; gigabyte <= all; gigabyte++)
                    sum += gigabyte > commit.CommitGigabytes ? commit.OveragePerGigabyte : 0;
                return sum;
            case PercentilePlan percentile:
                decimal committed = percentile.CommitMegabits * percentile.PerMegabit / monthHours * gigabytes.Count;
                // Hours to come are silent; of all, the twentieth part is left out, the highest first.
                List<long> rates = [.. gigabytes, .. new long[monthHours - gigabytes.Count]];
                for (int hour = 0; hour + 20 <= monthHours; hour += 20)
                    rates.Remove(rates.Max());
                decimal megabits = rates.Max() * 8000m / 3600;
                return committed + Math.Max(0, megabits - percentile.CommitMegabits) * percentile.PerMegabit;
            default:
                throw new ArgumentException("An unknown plan.", nameof(plan));
        }
    }

    /// <summary>The hours of a month, from its start, as a ledger has them; the figure is <paramref name="of"/>'s.</summary>
    public static List<ReportBucket> Hours(
        DateTimeOffset start,
        IReadOnlyList<long> gigabytes,
        Func<long, ReportBytes> of
    ) => [.. gigabytes.Select((size, hour) => new ReportBucket(start.AddHours(hour), of(size * 1_000_000_000)))];

    private static decimal PriceOf(IReadOnlyList<PriceTier> tiers, long gigabyte) =>
        tiers.First(tier => tier.UpToGigabytes is null || gigabyte <= tier.UpToGigabytes).PerGigabyte;
}
