using System.Text;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;
using FsCheck;
using FsCheck.Fluent;

namespace Distribution.Contracts.Tests.Costs;

/// <summary>Contracts and ledgers for tests.</summary>
internal static class ContractKit
{
    public const long Gigabyte = 1_000_000_000;

    /// <summary>A month of 720 hours.</summary>
    public static readonly DateTimeOffset April = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly DateTimeOffset May = April.AddMonths(1);

    public static Gen<TrafficPlan> Plans =>
        Gen.OneOf(
            Tiers.Select(tiers => (TrafficPlan)new GraduatedTiers(tiers)),
            Tiers.Select(tiers => (TrafficPlan)new VolumeTiers(tiers)),
            Growing
        );

    /// <summary>Plans whose bills never fall.</summary>
    public static Gen<TrafficPlan> Growing =>
        Gen.OneOf(
            Tiers.Select(tiers => (TrafficPlan)new GraduatedTiers(tiers)),
            from fee in Prices
            from quota in Gen.Choose(0, 400)
            from overage in Gen.OneOf(Gen.Constant((decimal?)null), Prices.Select(price => (decimal?)price))
            select (TrafficPlan)new FlatPlan(fee, quota, overage),
            from commit in Gen.Choose(0, 400)
            from price in Prices
            from overage in Prices
            select (TrafficPlan)new CommitPlan(commit, price, overage),
            from price in Prices
            from commit in Gen.Choose(0, 20)
            select (TrafficPlan)new PercentilePlan(price, commit)
        );

    /// <summary>Gigabytes of the first hours of a month: now and then silent, now and then busy.</summary>
    public static Gen<List<long>> Gigabytes =>
        from hours in Gen.Choose(1, 200)
        from sizes in Gen.Choose(0, 9)
            .Select(size =>
                size < 5 ? 0L
                : size == 9 ? 40
                : size
            )
            .ListOf(hours)
        select sizes.ToList();

    private static Gen<decimal> Prices => Gen.Choose(0, 200).Select(price => price / 1000m);

    private static Gen<List<PriceTier>> Tiers =>
        from count in Gen.Choose(0, 3)
        from widths in Gen.Choose(1, 200).ListOf(count)
        from prices in Prices.ListOf(count + 1)
        select Make(widths, prices);

    public static Contract Of(TrafficPlan plan) => Of(new ContractTerms { Regions = [new RegionPrice("", 1, plan)] });

    public static Contract Of(params ContractTerms[] terms) =>
        new()
        {
            Id = "test",
            Name = "Test",
            Currency = "USD",
            Terms = terms,
        };

    /// <summary>Delivered low and high, web seed, edges, fill and upload are different parts of a size.</summary>
    public static ReportBytes Mixed(long bytes) =>
        new()
        {
            Delivered = new ByteRange(bytes / 2, bytes),
            WebSeedBytes = bytes / 4,
            EdgeBytes = bytes / 5,
            EdgeFillBytes = bytes / 10,
            ViewerUploadBytes = bytes / 3,
        };

    /// <summary>All from the CDN.</summary>
    public static ReportBytes AllSent(long bytes) =>
        new() { Delivered = new ByteRange(bytes, bytes), WebSeedBytes = bytes };

    public static CostStatement Price(
        Contract contract,
        IReadOnlyList<ReportBucket> hours,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null,
        IReadOnlyList<ReportBucket>? file = null
    ) => ContractBilling.Price(contract, hours, from ?? April, to ?? May, file);

    /// <summary>One hour of April with so many bytes.</summary>
    public static ReportBucket[] Hour(decimal gigabytes, Func<long, ReportBytes> of) =>
        [new ReportBucket(April, of((long)(gigabytes * Gigabyte)))];

    public static Contract Catalogue(string id)
    {
        Assert.True(
            ContractDocument.TryRead(
                Path.Combine(ContractCatalogue.BuiltInFolder, id + ".json"),
                out ContractDocument? document,
                out IReadOnlyList<string> errors
            ),
            string.Join('\n', errors)
        );
        return document.Contract;
    }

    /// <summary>The first thing that is wrong with a document, or "".</summary>
    public static string Complaint(string json)
    {
        ContractDocument.TryParse(Encoding.UTF8.GetBytes(json), "my.json", out _, out IReadOnlyList<string> errors);
        return errors.Count == 0 ? "" : errors[0];
    }

    public static void Near(decimal expected, decimal actual) =>
        Assert.True(Math.Abs(expected - actual) < 0.000000000001m, $"{expected} expected, {actual} found");

    private static List<PriceTier> Make(IEnumerable<int> widths, IEnumerable<decimal> prices)
    {
        var tiers = new List<PriceTier>();
        decimal above = 0;
        List<int> borders = [.. widths];
        int tier = 0;
        foreach (decimal price in prices)
        {
            decimal? border = tier < borders.Count ? above + borders[tier] : null;
            tiers.Add(new PriceTier(border, price));
            above = border ?? above;
            tier++;
        }
        return tiers;
    }
}
