using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Distribution.Contracts.Tests.Costs.ContractKit;

namespace Distribution.Contracts.Tests.Costs;

public sealed class BillingPropertyTests
{
    [Property(MaxTest = 200)]
    public Property A_bill_is_what_gigabyte_after_gigabyte_costs() =>
        Prop.ForAll(
            Ledgers(Plans).ToArbitrary(),
            ledger =>
            {
                List<ReportBucket> hours = HandBill.Hours(April, ledger.Gigabytes, AllSent);
                DateTimeOffset from = April.AddHours(ledger.Cut);
                DateTimeOffset to = April.AddHours(ledger.Gigabytes.Count);

                CostStatement statement = Price(Of(ledger.Plan), hours, from, to);

                decimal expected =
                    HandBill.Month(ledger.Plan, ledger.Gigabytes, 720)
                    - HandBill.Month(ledger.Plan, ledger.Gigabytes[..ledger.Cut], 720);
                Near(expected, statement.High.WithoutPeers.Total);
                Near(expected, statement.Low.WithPeers.Total);
                Near(0, statement.High.Saved);
            }
        );

    [Property(MaxTest = 200)]
    public Property Bills_of_adjoining_ranges_add_up() =>
        Prop.ForAll(
            Ledgers(Plans).ToArbitrary(),
            Gen.Choose(0, 720).ToArbitrary(),
            (ledger, start) =>
            {
                // Across the end of a month, too.
                List<ReportBucket> hours = HandBill.Hours(April.AddHours(620), ledger.Gigabytes, Mixed);
                Contract contract = WithMachines(ledger.Plan);
                contract = contract with
                {
                    Terms =
                    [
                        contract.Terms[0] with
                        {
                            Regions =
                            [
                                new RegionPrice("a", 0.3m, ledger.Plan),
                                new RegionPrice("b", 0.7m, ledger.Plan),
                            ],
                        },
                    ],
                };
                DateTimeOffset from = April.AddHours(start);
                DateTimeOffset to = May.AddHours(100);
                DateTimeOffset cut = from.AddHours(ledger.Cut % 200 * (int)(to - from).TotalHours / 200);

                CostStatement whole = Price(contract, hours, from, to);
                CostStatement first = Price(contract, hours, from, cut);
                CostStatement second = Price(contract, hours, cut, to);

                Near(whole.High.WithoutPeers.Total, first.High.WithoutPeers.Total + second.High.WithoutPeers.Total);
                Near(whole.High.WithPeers.Total, first.High.WithPeers.Total + second.High.WithPeers.Total);
                Near(whole.Low.Saved, first.Low.Saved + second.Low.Saved);
                Near(whole.ViewersBore, first.ViewersBore + second.ViewersBore);
            }
        );

    [Property(MaxTest = 200)]
    public Property More_bytes_never_cost_less() =>
        Prop.ForAll(
            Ledgers(Growing).ToArbitrary(),
            ledger =>
            {
                List<long> more = [.. ledger.Gigabytes];
                more[ledger.Cut] += 7;

                decimal less = Price(
                    Of(ledger.Plan),
                    HandBill.Hours(April, ledger.Gigabytes, AllSent)
                ).High.WithPeers.Total;
                decimal after = Price(Of(ledger.Plan), HandBill.Hours(April, more, AllSent)).High.WithPeers.Total;

                Assert.True(less >= 0);
                Assert.True(after >= less, $"{after} after {less}");
            }
        );

    [Property(MaxTest = 200)]
    public Property A_longer_range_never_costs_less() =>
        Prop.ForAll(
            Ledgers(Growing).ToArbitrary(),
            ledger =>
            {
                List<ReportBucket> hours = HandBill.Hours(April, ledger.Gigabytes, AllSent);

                CostStatement shorter = Price(Of(ledger.Plan), hours, April, April.AddHours(ledger.Cut));
                CostStatement longer = Price(Of(ledger.Plan), hours, April, April.AddHours(ledger.Cut + 5));

                Assert.True(longer.High.WithPeers.Total >= shorter.High.WithPeers.Total);
            }
        );

    [Property(MaxTest = 200)]
    public Property Files_add_up_to_the_whole() =>
        Prop.ForAll(
            Ledgers(Plans).ToArbitrary(),
            Gen.Choose(0, 1000).ListOf(200).ToArbitrary(),
            (ledger, shares) =>
            {
                List<ReportBucket> all = HandBill.Hours(April, ledger.Gigabytes, Mixed);
                List<int> parts = [.. shares];
                List<ReportBucket> one =
                [
                    .. all.Select((hour, index) => hour with { Bytes = Part(hour.Bytes, parts[index % parts.Count]) }),
                ];
                List<ReportBucket> other =
                [
                    .. all.Zip(one, (whole, part) => whole with { Bytes = Less(whole.Bytes, part.Bytes) }),
                ];
                Contract contract = WithMachines(ledger.Plan);
                DateTimeOffset from = April.AddHours(ledger.Cut);

                CostStatement whole = Price(contract, all, from);
                CostStatement first = Price(contract, all, from, file: one);
                CostStatement second = Price(contract, all, from, file: other);

                // Where nobody got anything, what falls due by time belongs to no file.
                if (all.Skip(ledger.Cut).Sum(hour => hour.Bytes.Delivered.High) == 0)
                    return;
                Near(whole.High.WithoutPeers.Total, first.High.WithoutPeers.Total + second.High.WithoutPeers.Total);
                Near(whole.Low.WithoutPeers.Total, first.Low.WithoutPeers.Total + second.Low.WithoutPeers.Total);
                Near(whole.High.WithPeers.Total, first.High.WithPeers.Total + second.High.WithPeers.Total);
                Near(whole.Low.WithPeers.Total, first.Low.WithPeers.Total + second.Low.WithPeers.Total);
                Near(whole.ViewersBore, first.ViewersBore + second.ViewersBore);
            }
        );

    [Property(MaxTest = 200)]
    public Property Saved_is_the_bill_without_peers_less_all_that_they_cost() =>
        Prop.ForAll(
            Ledgers(Plans).ToArbitrary(),
            ledger =>
            {
                List<ReportBucket> hours = HandBill.Hours(April, ledger.Gigabytes, Mixed);
                List<ReportBucket> without =
                [
                    .. hours.Select(hour => hour with { Bytes = AllSent(hour.Bytes.Delivered.High) }),
                ];
                List<ReportBucket> sent =
                [
                    .. hours.Select(hour =>
                        hour with
                        {
                            Bytes = AllSent(hour.Bytes.WebSeedBytes + hour.Bytes.EdgeFillBytes),
                        }
                    ),
                ];
                decimal edges = hours.Sum(hour => (decimal)hour.Bytes.EdgeBytes) / Gigabyte * 0.005m + 2 * 30m;
                decimal platform = 99m + hours.Sum(hour => (decimal)hour.Bytes.Delivered.High) / Gigabyte * 0.001m;

                Near(
                    Price(Of(ledger.Plan), without).High.WithPeers.Total
                        - Price(Of(ledger.Plan), sent).High.WithPeers.Total
                        - edges
                        - platform,
                    Price(WithMachines(ledger.Plan), hours).High.Saved
                );
            }
        );

    private static Gen<Ledger> Ledgers(Gen<TrafficPlan> plans) =>
        from plan in plans
        from gigabytes in Gigabytes
        from cut in Gen.Choose(0, gigabytes.Count - 1)
        select new Ledger(plan, gigabytes, cut);

    private static Contract WithMachines(TrafficPlan plan) =>
        Of(
            new ContractTerms
            {
                Regions = [new RegionPrice("", 1, plan)],
                Edge = new EdgePrice(0.005m, Gigabyte, PerNodeMonth: 30, Nodes: 2),
                Platform = new PlatformPrice(99, 0.001m, Gigabyte),
                Viewers = new GigabytePrice(0.01m, Gigabyte),
            }
        );

    private static ReportBytes Part(ReportBytes bytes, int permille) =>
        new()
        {
            Delivered = new ByteRange(bytes.Delivered.Low / 1000 * permille, bytes.Delivered.High / 1000 * permille),
            WebSeedBytes = bytes.WebSeedBytes / 1000 * permille,
            EdgeBytes = bytes.EdgeBytes / 1000 * permille,
            EdgeFillBytes = bytes.EdgeFillBytes / 1000 * permille,
            ViewerUploadBytes = bytes.ViewerUploadBytes / 1000 * permille,
        };

    private static ReportBytes Less(ReportBytes whole, ReportBytes part) =>
        new()
        {
            Delivered = new ByteRange(
                whole.Delivered.Low - part.Delivered.Low,
                whole.Delivered.High - part.Delivered.High
            ),
            WebSeedBytes = whole.WebSeedBytes - part.WebSeedBytes,
            EdgeBytes = whole.EdgeBytes - part.EdgeBytes,
            EdgeFillBytes = whole.EdgeFillBytes - part.EdgeFillBytes,
            ViewerUploadBytes = whole.ViewerUploadBytes - part.ViewerUploadBytes,
        };

    /// <param name="Cut">An hour of <paramref name="Gigabytes"/>.</param>
    internal sealed record Ledger(TrafficPlan Plan, List<long> Gigabytes, int Cut);
}
