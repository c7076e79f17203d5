using System.Text.Json;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Publishing;

/// <summary>A server with a contract, and reports under others.</summary>
public sealed class ContractTests
{
    private const string Own = """
        { "id": "own", "name": "As agreed", "currency": "EUR", "terms": [
          { "traffic": [ { "plan": "flat", "perMonth": 100, "quota": 1000, "overage": 0.01 } ], "platform": { "perMonth": 50 } } ] }
        """;

    private static readonly string[] Range = ["--from", "2026-04-01", "--to", "2026-05-01", "--json"];

    [Fact]
    public async Task A_report_is_billed_under_the_server_s_contract_and_under_another()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("own.json"), Own, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            folder.File("other.json"),
            Own.Replace("\"own\"", "\"other\"", StringComparison.Ordinal)
                .Replace("100,", "30,", StringComparison.Ordinal)
                .Replace(", \"platform\": { \"perMonth\": 50 }", "", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(folder.File("bad.json"), "{}", TestContext.Current.CancellationToken);
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { MoreArguments = ["--contract", folder.File("own.json")] }
        );

        JsonElement own = (await server.RunAsync("report", [.. Range])).Json();
        Assert.Equal("EUR", own.GetProperty("currency").GetString());
        Assert.Equal("As agreed", own.GetProperty("statement").GetProperty("contractName").GetString());
        // The fee is due with and without peers, the platform with them alone.
        Assert.Equal(100m, own.GetProperty("cost").GetProperty("cdnOnly").GetDecimal());
        Assert.Equal(-50m, own.GetProperty("cost").GetProperty("saved").GetProperty("high").GetDecimal());

        JsonElement file = (
            await server.RunAsync("report", ["--contract", folder.File("other.json"), .. Range])
        ).Json();
        JsonElement cost = file.GetProperty("whatIf").GetProperty("cost");
        Assert.Equal((30m, 80m), (cost.GetProperty("cdnOnly").GetDecimal(), cost.GetProperty("actual").GetDecimal()));
        JsonElement listed = (await server.RunAsync("report", ["--contract", "bunny-standard", .. Range])).Json();
        Assert.Equal("USD", listed.GetProperty("whatIf").GetProperty("currency").GetString());
        CommandResult table = await server.RunAsync("report", "--contract", "bunny-standard");
        Assert.Contains("under bunny.net, standard network", table.Output, StringComparison.Ordinal);

        CommandResult unknown = await server.RunAsync("report", "--contract", "no-such-contract");
        Assert.Contains("contract", unknown.SingleComplaint(1), StringComparison.Ordinal);
        CommandResult bad = await server.RunAsync("report", "--contract", folder.File("bad.json"));
        Assert.Contains("bad.json: $.id is missing", bad.SingleComplaint(1), StringComparison.Ordinal);
        CommandResult csv = await server.RunAsync("report", "--contract", "bunny-standard", "--csv");
        Assert.Contains("--csv", csv.SingleComplaint(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contract_and_flat_prices_exclude_each_other_and_every_wrong_file_is_told()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("contracts"));
        await File.WriteAllTextAsync(folder.File("contracts/broken.json"), "{", TestContext.Current.CancellationToken);

        CommandResult both = await CommandLine.RunAsync(
            ["serve", "--data", folder.Path, "--contract", "bunny-volume", "--price-edge", "0.01"],
            new Dictionary<string, string>()
        );
        CommandResult missing = await CommandLine.RunAsync(
            ["serve", "--data", folder.Path, "--contract", folder.File("none.json")],
            new Dictionary<string, string>()
        );

        Assert.Equal((2, 2), (both.Status, missing.Status));
        Assert.Contains("--contract: it stands in the place of --price-edge", both.Errors, StringComparison.Ordinal);
        Assert.Contains("broken.json: it is no JSON", both.Errors, StringComparison.Ordinal);
        Assert.Contains("none.json\" is no file, and no contract", missing.Errors, StringComparison.Ordinal);
    }
}
