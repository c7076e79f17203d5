using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;
using static Distribution.Contracts.Tests.Costs.ContractKit;

namespace Distribution.Contracts.Tests.Costs;

public sealed class ContractBillingTests
{
    private static readonly PriceTier[] TwoTiers = [new(100, 0.10m), new(null, 0.05m)];

    [Theory]
    [InlineData(99.999999999, 9.9999999999)]
    [InlineData(100, 10)]
    [InlineData(100.000000001, 10.00000000005)]
    [InlineData(250, 17.5)]
    public void Graduated_tiers_have_no_jump(double gigabytes, double expected) =>
        Near((decimal)expected, Without(new GraduatedTiers(TwoTiers), (decimal)gigabytes));

    [Theory]
    [InlineData(99, 9.9)]
    [InlineData(100, 10)]
    [InlineData(100.000000001, 5.00000000005)]
    [InlineData(250, 12.5)]
    public void Volume_tiers_jump_down_behind_a_border(double gigabytes, double expected) =>
        Near((decimal)expected, Without(new VolumeTiers(TwoTiers), (decimal)gigabytes));

    [Fact]
    public void The_hours_in_which_a_volume_tier_is_reached_can_cost_less_than_nothing()
    {
        ReportBucket[] hours = [new(April, AllSent(90 * Gigabyte)), new(April.AddHours(1), AllSent(20 * Gigabyte))];

        Bill bill = Price(Of(new VolumeTiers(TwoTiers)), hours, April.AddHours(1)).High.WithPeers;

        // 110 GB at 0.05 less 90 GB at 0.10.
        Assert.Equal(-3.5m, bill.Total);
        Assert.Equal([BillItem.Traffic, BillItem.Earlier], bill.Lines.Select(line => line.Item));
        Assert.Equal([110m, -90m], bill.Lines.Select(line => line.Quantity));
    }

    [Fact]
    public void A_flat_plan_saves_nothing_and_with_edges_less()
    {
        var plan = new FlatPlan(15, 50_000, null);
        ReportBucket[] hours = Hour(1000, Mixed);

        CostStatement alone = Price(Of(plan), hours);
        Assert.Equal((15m, 15m, 0m), (alone.High.WithoutPeers.Total, alone.High.WithPeers.Total, alone.Low.Saved));

        ContractTerms terms = Of(plan).Terms[0] with { Edge = new EdgePrice(0.005m, Gigabyte, 0, 0) };
        Assert.Equal(-1m, Price(Of(terms), hours).High.Saved);
        // For one of the files too.
        Assert.Equal(0, Price(Of(plan), hours, file: Hour(250, AllSent)).High.Saved);
    }

    [Fact]
    public void Beyond_a_quota_bytes_are_billed_or_named()
    {
        Assert.Equal(15m + 10 * 0.1m, Without(new FlatPlan(15, 50, 0.1m), 60));

        Bill throttled = Price(Of(new FlatPlan(15, 50, null)), Hour(60, AllSent)).High.WithPeers;
        Assert.Equal(15m, throttled.Total);
        BillLine beyond = Assert.Single(throttled.Lines, line => line.Item == BillItem.BeyondQuota);
        Assert.Equal((10m, 0m, 50m), (beyond.Quantity, beyond.UnitPrice, beyond.TierAbove));
    }

    [Fact]
    public void A_commitment_is_paid_used_or_not()
    {
        var plan = new CommitPlan(100, 0.02m, 0.03m);

        Assert.Equal(2m, Without(plan, 0));
        Assert.Equal(2m, Without(plan, 100));
        Assert.Equal(2m + 50 * 0.03m, Without(plan, 150));
    }

    [Fact]
    public void A_fee_falls_due_by_hours()
    {
        Bill day = Price(Of(new FlatPlan(30, null, null)), [], April, April.AddDays(1)).High.WithPeers;
        Bill february = Price(
            Of(new FlatPlan(28, null, null)),
            [],
            new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 2, 2, 0, 0, 0, TimeSpan.Zero)
        ).High.WithPeers;

        Near(1m, day.Total);
        Near(1m, february.Total);
    }

    [Fact]
    public void Of_a_month_s_hours_the_highest_twentieth_is_left_out()
    {
        // 720 hours: 36 are left out. 450 MB an hour are 1 Mbit/s.
        ReportBucket[] hours =
        [
            .. Enumerable
                .Range(0, 37)
                .Select(hour => new ReportBucket(April.AddHours(hour * 2), AllSent((hour + 1) * 450_000_000L))),
        ];

        CostStatement statement = Price(Of(new PercentilePlan(2, 0)), hours);
        Assert.Equal(2m, statement.High.WithPeers.Total);
        Assert.True(statement.IsApproximate);
        Assert.Equal(0m, Price(Of(new PercentilePlan(2, 0)), hours[1..]).High.WithPeers.Total);
        // 40 hours as busy: the lowest of the highest 37 counts.
        ReportBucket[] busy =
        [
            .. Enumerable.Range(0, 40).Select(hour => new ReportBucket(April.AddHours(hour), AllSent(45 * Gigabyte))),
        ];
        Assert.Equal(200m, Price(Of(new PercentilePlan(2, 0)), busy).High.WithPeers.Total);
        // Below the commitment only that is due, above it what lies above as well.
        Assert.Equal(240m, Price(Of(new PercentilePlan(2, 120)), busy).High.WithPeers.Total);
        Assert.Equal(200m, Price(Of(new PercentilePlan(2, 30)), busy).High.WithPeers.Total);
    }

    [Fact]
    public void Tiers_start_anew_with_each_month()
    {
        ReportBucket[] hours = [new(April.AddDays(29), AllSent(150 * Gigabyte)), new(May, AllSent(150 * Gigabyte))];

        Near(2 * 12.5m, Price(Of(new GraduatedTiers(TwoTiers)), hours, April, May.AddDays(1)).High.WithPeers.Total);
        // What April had is no matter in May.
        Near(12.5m, Price(Of(new GraduatedTiers(TwoTiers)), hours, May, May.AddDays(1)).High.WithPeers.Total);
    }

    [Fact]
    public void New_terms_in_the_middle_of_a_month_start_new_tiers_and_share_the_fee()
    {
        DateTimeOffset change = April.AddDays(15);
        Contract contract = Of(
            new ContractTerms { To = change, Regions = [new RegionPrice("", 1, new GraduatedTiers(TwoTiers))] },
            new ContractTerms { From = change, Regions = [new RegionPrice("", 1, new FlatPlan(30, 200, 0.01m))] }
        );
        ReportBucket[] hours =
        [
            new(change.AddHours(-1), AllSent(150 * Gigabyte)),
            new(change, AllSent(150 * Gigabyte)),
        ];

        Bill bill = Price(contract, hours).High.WithPeers;

        // Half a month has half the fee and half the quota.
        Near(12.5m + 15 + 50 * 0.01m, bill.Total);
        Assert.All(bill.Lines.Take(2), line => Assert.Equal(change, line.To));
        Assert.All(bill.Lines.Skip(2), line => Assert.Equal(change, line.From));
    }

    [Fact]
    public void Hours_without_terms_are_in_no_bill_and_named()
    {
        ContractTerms terms = new()
        {
            From = April.AddHours(1),
            Regions = [new RegionPrice("", 1, new GraduatedTiers([new PriceTier(null, 1)]))],
        };
        ReportBucket[] hours = [new(April, AllSent(3 * Gigabyte)), new(April.AddHours(1), AllSent(5 * Gigabyte))];

        CostStatement statement = Price(Of(terms), hours);

        Assert.Equal((5m, 3 * Gigabyte), (statement.High.WithoutPeers.Total, statement.UnpricedBytes));
    }

    [Fact]
    public void Regions_share_the_traffic_and_have_tiers_of_their_own()
    {
        Contract contract = Of(
            new ContractTerms
            {
                Regions =
                [
                    new RegionPrice("near", 0.75m, new GraduatedTiers(TwoTiers)),
                    new RegionPrice("far", 0.25m, new GraduatedTiers([new PriceTier(null, 0.5m)])),
                    new RegionPrice("nowhere", 0, new FlatPlan(1000, null, null)),
                ],
            }
        );

        Bill bill = Price(contract, Hour(200, AllSent)).High.WithoutPeers;

        Near(100 * 0.10m + 50 * 0.05m + 50 * 0.5m, bill.Total);
        Assert.Equal(["near", "near", "far"], bill.Lines.Select(line => line.Region));
    }

    [Fact]
    public void Edges_fill_and_the_platform_are_in_the_bill_with_peers_alone()
    {
        ContractTerms terms = new()
        {
            Regions = [new RegionPrice("", 1, new GraduatedTiers([new PriceTier(null, 0.1m)]))],
            Edge = new EdgePrice(0.01m, Gigabyte, PerNodeMonth: 20, Nodes: 3),
            Fill = new GigabytePrice(0.02m, Gigabyte),
            Platform = new PlatformPrice(50, 0.001m, Gigabyte),
            Viewers = new GigabytePrice(0.03m, Gigabyte),
        };

        CostStatement statement = Price(Of(terms), Hour(600, Mixed));

        Assert.Equal(60m, statement.High.WithoutPeers.Total);
        Assert.Equal(30m, statement.Low.WithoutPeers.Total);
        // Web seed 150 GB, fill 60, edges 120, machines, platform by month and by what was delivered.
        Assert.Equal(15m + 1.2m + 1.2m + 60 + 50 + 0.6m, statement.High.WithPeers.Total);
        Assert.Equal(15m + 1.2m + 1.2m + 60 + 50 + 0.3m, statement.Low.WithPeers.Total);
        Assert.Equal(60m - 128m, statement.High.Saved);
        Assert.Equal(6m, statement.ViewersBore);
        // Without a price of its own, fill is traffic.
        Assert.Equal(
            21m + 1.2m + 60 + 50 + 0.6m,
            Price(Of(terms with { Fill = null }), Hour(600, Mixed)).High.WithPeers.Total
        );
    }

    [Fact]
    public void A_file_pays_its_part_of_the_publisher_s_bill()
    {
        // 400 GB of all cost 100 x 0.10 + 300 x 0.05 = 25; the file has a quarter of them, wherever they lay.
        Bill bill = Price(
            Of(new GraduatedTiers(TwoTiers)),
            Hour(400, AllSent),
            file: Hour(100, AllSent)
        ).High.WithPeers;

        Assert.Equal(6.25m, bill.Total);
        Assert.Equal([10m, 15m], bill.Lines.Select(line => line.PublisherAmount));
        Assert.All(bill.Lines, line => Assert.Equal(0.25m, line.Share!.Value.Part));
    }

    [Fact]
    public void A_catalogue_s_contract_takes_over_what_one_s_own_machines_cost()
    {
        Contract own = Of(
            new ContractTerms
            {
                Regions = [new RegionPrice("", 1, new FlatPlan(0, null, null))],
                Edge = new EdgePrice(0.01m, Gigabyte, 0, 0),
                Platform = new PlatformPrice(5, 0, Gigabyte),
                Viewers = new GigabytePrice(1, Gigabyte),
            }
        );
        Contract other = Of(new GraduatedTiers(TwoTiers));

        ContractTerms merged = other.WithCostsOf(own).Terms[0];
        Assert.Equal(
            (own.Terms[0].Edge, own.Terms[0].Platform, own.Terms[0].Viewers),
            (merged.Edge, merged.Platform, merged.Viewers)
        );
        Assert.Same(other.Terms[0].Regions, merged.Regions);
        Contract foreign = other with { Currency = "CNY" };
        Assert.Same(foreign, foreign.WithCostsOf(own));
    }

    [Fact]
    public void The_largest_figures_overflow_nothing()
    {
        var plan = new GraduatedTiers([
            new PriceTier(0.000000000001m, 1_000_000m),
            new PriceTier(null, 999_999.999999999999m),
        ]);
        var full = new ReportBytes
        {
            Delivered = new ByteRange(long.MaxValue, long.MaxValue),
            WebSeedBytes = long.MaxValue,
            EdgeBytes = long.MaxValue,
            EdgeFillBytes = long.MaxValue,
            ViewerUploadBytes = long.MaxValue,
        };
        ContractTerms terms = Of(plan).Terms[0] with
        {
            Regions = [new RegionPrice("a", 0.333333333333m, plan), new RegionPrice("b", 0.666666666667m, plan)],
            Edge = new EdgePrice(1_000_000m, Gigabyte, 1_000_000_000m, 1_000_000),
            Platform = new PlatformPrice(1_000_000_000m, 1_000_000m, Gigabyte),
            Viewers = new GigabytePrice(1_000_000m, Gigabyte),
        };
        ReportBucket[] hours =
        [
            .. Enumerable.Range(0, 720).Select(hour => new ReportBucket(April.AddHours(hour), full)),
        ];

        CostStatement statement = Price(Of(terms), hours, file: hours);

        Assert.True(statement.High.WithPeers.Total > statement.High.WithoutPeers.Total);
        Assert.Equal(statement.High.Saved, ReportCost.Of(statement).Saved.High, 3);
    }

    [Fact]
    public void Money_is_rounded_once_and_saved_is_the_difference_of_what_is_shown()
    {
        var plan = new GraduatedTiers([new PriceTier(null, 0.0000015m)]);
        ReportBucket[] hours = [new(April, AllSent(1_000_001) with { WebSeedBytes = 1000 })];

        ReportCost cost = ReportCost.Of(Price(Of(plan), hours));

        // 0.0015000015e-6 and 0.0000015e-6; twelve decimals, halves to the even neighbour.
        Assert.Equal((0.000000001500m, 0.000000000002m), (cost.CdnOnly, cost.Actual));
        Assert.Equal(0.000000001498m, cost.Saved.High);
        Assert.Equal("0.0000000015", cost.CdnOnly.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static decimal Without(TrafficPlan plan, decimal gigabytes) =>
        Price(Of(plan), Hour(gigabytes, AllSent)).High.WithoutPeers.Total;
}
