using Distribution.Contracts.Costs;
using static Distribution.Contracts.Tests.Costs.ContractKit;

namespace Distribution.Contracts.Tests.Costs;

public sealed class CatalogueTests
{
    private const long Gibibyte = 1L << 30;

    [Fact]
    public void Every_contract_is_whole_and_says_where_its_figures_stand()
    {
        ContractCatalogue catalogue = ContractCatalogue.Load([ContractCatalogue.BuiltInFolder], out var errors);

        Assert.Empty(errors);
        Assert.True(catalogue.All.Count >= 6);
        Assert.All(
            catalogue.All,
            entry =>
            {
                Assert.NotNull(entry.Contract.Read);
                Assert.All(
                    entry.Contract.Sources,
                    source => Assert.True(Uri.IsWellFormedUriString(source, UriKind.Absolute))
                );
                Assert.NotEmpty(entry.Contract.Sources);
                Assert.NotEmpty(entry.Contract.Notes);
                // A what-if covers any period.
                Assert.Null(Assert.Single(entry.Contract.Terms).From);
                Assert.Null(entry.Contract.Terms[0].To);
                Assert.Equal(
                    Path.Combine(ContractCatalogue.BuiltInFolder, entry.Contract.Id + ".json"),
                    Directory
                        .EnumerateFiles(ContractCatalogue.BuiltInFolder)
                        .Single(path => path.EndsWith("/" + entry.Contract.Id + ".json", StringComparison.Ordinal))
                );
            }
        );
    }

    // Each reckoned by hand from the list.
    [Theory]
    // 1 TB free, 9 TB x 1024 x 0.085, 40 TB x 1024 x 0.080: the bill that the second source has for 50 TB.
    [InlineData("cloudfront", 50 * 1024 * Gibibyte, 783.36 + 3276.8)]
    // And its 100 TB: 50 TB x 1024 x 0.060 more.
    [InlineData("cloudfront", 100 * 1024 * Gibibyte, 783.36 + 3276.8 + 3072)]
    [InlineData("cloudfront", 1024 * Gibibyte, 0)]
    [InlineData("cloudfront-pro", 50_000 * Gigabyte, 15)]
    [InlineData("cloudfront-pro", 60_000 * Gigabyte, 15)]
    [InlineData("bunny-standard", 50_000 * Gigabyte, 500)]
    // 500 TB x 0.005, 500 TB x 0.004, 100 TB x 0.003.
    [InlineData("bunny-volume", 1_100_000 * Gigabyte, 2500 + 2000 + 300)]
    // 10 TiB x 1024 x 0.08, 40 TiB x 1024 x 0.055.
    [InlineData("google-cloud-cdn", 50 * 1024 * Gibibyte, 819.2 + 2252.8)]
    // The provider's own example: 10000 GB x 0.20 and 300 GB x 0.17.
    [InlineData("baidu-cdn", 10_300 * Gigabyte, 2051)]
    public void A_month_costs_what_the_list_says(string id, long bytes, double expected) =>
        Near((decimal)expected, Price(Catalogue(id), [new(April, AllSent(bytes))]).High.WithoutPeers.Total);

    [Theory]
    // 50 TB at 80 % offload: much, little, or nothing, by the contract.
    [InlineData("cloudfront", 2984, 2985)]
    [InlineData("bunny-standard", 400, 400)]
    [InlineData("cloudfront-pro", 0, 0)]
    public void What_is_saved_depends_on_the_contract(string id, double least, double most)
    {
        var bytes = AllSent(50_000 * Gigabyte) with { WebSeedBytes = 10_000 * Gigabyte };

        decimal saved = Price(Catalogue(id), [new(April, bytes)]).High.Saved;

        Assert.InRange(saved, (decimal)least, (decimal)most);
    }

    [Fact]
    public void A_later_folder_s_contract_stands_for_an_earlier_one_and_what_is_wrong_is_told_by_file()
    {
        string folder = Directory.CreateTempSubdirectory("contracts-").FullName;
        try
        {
            string bunny = File.ReadAllText(Path.Combine(ContractCatalogue.BuiltInFolder, "bunny-standard.json"));
            File.WriteAllText(
                Path.Combine(folder, "a.json"),
                bunny.Replace("bunny.net, standard network", "As agreed", StringComparison.Ordinal)
            );
            File.WriteAllText(Path.Combine(folder, "b.json"), bunny);
            File.WriteAllText(Path.Combine(folder, "c.json"), "{");

            ContractCatalogue catalogue = ContractCatalogue.Load(
                [ContractCatalogue.BuiltInFolder, folder, Path.Combine(folder, "none")],
                out IReadOnlyList<string> errors
            );

            Assert.True(catalogue.TryFind("bunny-standard", out ContractDocument? found));
            Assert.Equal("As agreed", found.Contract.Name);
            Assert.Equal(2, errors.Count);
            Assert.StartsWith(
                $"{Path.Combine(folder, "b.json")}: $.id is that of {Path.Combine(folder, "a.json")}",
                errors[0],
                StringComparison.Ordinal
            );
            Assert.StartsWith($"{Path.Combine(folder, "c.json")}: it is no JSON", errors[1], StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
