using System.Text;
using Distribution.Contracts.Costs;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Distribution.Contracts.Tests.Costs.ContractKit;

namespace Distribution.Contracts.Tests.Costs;

public sealed class ContractDocumentTests
{
    private const string Whole = """
        {
          "id": "mine-2026", "name": "Mine", "currency": "EUR", "gigabyteBytes": 1073741824,
          "sources": ["https://example.org/prices"], "read": "2026-01-31", "notes": ["A note."],
          "terms": [
            { "to": "2026-03-15", "traffic": [ { "plan": "flat", "perMonth": 100, "quota": 5000, "overage": 0.02 } ] },
            { "from": "2026-03-15", "to": "2026-07-01T06:00:00Z",
              "traffic": [
                { "region": "near", "share": 0.6, "plan": "graduated", "tiers": [ { "upTo": 10, "perGigabyte": 0.1 }, { "perGigabyte": 0.05 } ] },
                { "region": "far", "share": 0.3, "plan": "volume", "tiers": [ { "perGigabyte": 0.2 } ] },
                { "region": "peak", "share": 0.1, "plan": "percentile95", "perMegabit": 1.5, "commit": 100 } ],
              "edge": { "perGigabyte": 0.004, "perNodeMonth": 25, "nodes": 2 }, "fill": { "perGigabyte": 0.01 },
              "platform": { "perMonth": 99, "perGigabyte": 0.001 }, "viewers": { "perGigabyte": 0.02 } },
            { "from": "2026-07-01T06:00:00Z", "traffic": [ { "plan": "commit", "commit": 1000, "perGigabyte": 0.03 } ] } ]
        }
        """;

    [Fact]
    public void Everything_is_read()
    {
        Assert.True(
            ContractDocument.TryParse(
                Encoding.UTF8.GetBytes("\uFEFF" + Whole),
                "my.json",
                out var document,
                out var errors
            )
        );

        Assert.Empty(errors);
        Assert.Equal(Whole, document.Json);
        Contract contract = document.Contract;
        Assert.Equal(
            ("mine-2026", "Mine", "EUR", new DateOnly(2026, 1, 31)),
            (contract.Id, contract.Name, contract.Currency, contract.Read)
        );
        Assert.Equal(["https://example.org/prices"], contract.Sources);
        Assert.Equal(["A note."], contract.Notes);
        Assert.Equal(3, contract.Terms.Count);
        Assert.Equal(new FlatPlan(100, 5000, 0.02m), contract.Terms[0].Regions[0].Plan);
        ContractTerms terms = contract.Terms[1];
        Assert.Equal(1L << 30, terms.BytesPerGigabyte);
        Assert.Equal(new DateTimeOffset(2026, 7, 1, 6, 0, 0, TimeSpan.Zero), terms.To);
        Assert.Equal(
            [new PriceTier(10, 0.1m), new PriceTier(null, 0.05m)],
            Assert.IsType<GraduatedTiers>(terms.Regions[0].Plan).Tiers
        );
        Assert.Equal([new PriceTier(null, 0.2m)], Assert.IsType<VolumeTiers>(terms.Regions[1].Plan).Tiers);
        Assert.Equal(new PercentilePlan(1.5m, 100), terms.Regions[2].Plan);
        Assert.Equal(new EdgePrice(0.004m, 1L << 30, 25, 2), terms.Edge);
        Assert.Equal(new GigabytePrice(0.01m, 1L << 30), terms.Fill);
        Assert.Equal(new PlatformPrice(99, 0.001m, 1L << 30), terms.Platform);
        Assert.Equal(new GigabytePrice(0.02m, 1L << 30), terms.Viewers);
        // What lies beyond a commitment costs the same, where nothing else is said.
        Assert.Equal(new CommitPlan(1000, 0.03m, 0.03m), contract.Terms[2].Regions[0].Plan);
    }

    [Theory]
    [InlineData("\"mine-2026\"", "\"Mine!\"", "$.id has other than")]
    [InlineData("\"id\": \"mine-2026\", ", "", "$.id is missing")]
    [InlineData("\"Mine\"", "7", "$.name is no text")]
    [InlineData("\"EUR\"", "\"eur\"", "$.currency is no ISO 4217 code")]
    [InlineData("1073741824", "1000", "$.gigabyteBytes is neither")]
    [InlineData("\"2026-01-31\"", "\"31.1.2026\"", "$.read is no date")]
    [InlineData("\"notes\"", "\"note\"", "$ has a field \"note\" that is not known")]
    [InlineData("\"read\": ", "\"id\": \"again\", \"read\": ", "$.id is there twice")]
    [InlineData("\"from\": \"2026-03-15\"", "\"from\": \"2026-03-16\"", "$.terms[1].from does not stand where")]
    [InlineData("\"from\": \"2026-03-15\", ", "", "$.terms[1].from does not stand where")]
    [InlineData("\"from\": \"2026-03-15\"", "\"from\": \"2026-03-14\"", "$.terms[1].from does not stand where")]
    [InlineData("2026-07-01T06:00:00Z\",", "2026-07-01T06:30:00Z\",", "$.terms[1].to is no date")]
    [InlineData("\"to\": \"2026-07-01T06:00:00Z\"", "\"to\": \"2026-03-15\"", "$.terms[1].to does not lie after from")]
    [InlineData("\"plan\": \"volume\"", "\"plan\": \"other\"", "$.terms[1].traffic[1].plan is none of")]
    [InlineData("\"plan\": \"volume\", ", "", "$.terms[1].traffic[1].plan is missing")]
    [InlineData("\"share\": 0.6", "\"share\": 0.5", "$.terms[1].traffic has shares that do not add up to 1")]
    [InlineData("\"region\": \"far\"", "\"region\": \"near\"", "$.terms[1].traffic[1].region has the name of another")]
    [InlineData("\"upTo\": 10,", "\"upTo\": 0,", "$.terms[1].traffic[0].tiers[0].upTo does not lie above")]
    [InlineData(
        "{ \"perGigabyte\": 0.05 }",
        "{ \"upTo\": 20, \"perGigabyte\": 0.05 }",
        "$.terms[1].traffic[0].tiers ends in a tier with an upTo"
    )]
    [InlineData("\"upTo\": 10, ", "", "$.terms[1].traffic[0].tiers[1] follows a tier without an upTo")]
    [InlineData(
        "\"perGigabyte\": 0.2 }",
        "\"perGigabyte\": -0.2 }",
        "$.terms[1].traffic[1].tiers[0].perGigabyte is no number"
    )]
    [InlineData(
        "\"perGigabyte\": 0.2 }",
        "\"perGigabyte\": \"0.2\" }",
        "$.terms[1].traffic[1].tiers[0].perGigabyte is no number"
    )]
    [InlineData(
        "\"perGigabyte\": 0.2 }",
        "\"perGigabyte\": 1e400 }",
        "$.terms[1].traffic[1].tiers[0].perGigabyte is no number"
    )]
    [InlineData(
        "\"perGigabyte\": 0.2 }",
        "\"perGigabyte\": 0.0000000000001 }",
        "$.terms[1].traffic[1].tiers[0].perGigabyte is no number"
    )]
    [InlineData("\"perGigabyte\": 0.2 }", "}", "$.terms[1].traffic[1].tiers[0].perGigabyte is missing")]
    [InlineData("\"quota\": 5000, ", "", "$.terms[0].traffic[0].overage has no quota")]
    [InlineData("\"nodes\": 2", "\"node\": 2", "$.terms[1].edge has a field \"node\" that is not known")]
    [InlineData("{ \"perGigabyte\": 0.01 }", "0.01", "$.terms[1].fill is no object")]
    [InlineData("\"commit\": 1000, ", "", "$.terms[2].traffic[0].commit is missing")]
    [InlineData("\"id\": ", "\"id\": \"\\ud800\", \"name\": ", "it is no JSON")]
    public void What_is_wrong_is_told_with_its_place(string old, string with, string expected)
    {
        Assert.Contains(old, Whole, StringComparison.Ordinal);
        int at = Whole.IndexOf(old, StringComparison.Ordinal);

        string complaint = Complaint(Whole[..at] + with + Whole[(at + old.Length)..]);

        Assert.StartsWith("my.json: " + expected, complaint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"a\",\"name\":\"A\",\"currency\":\"USD\",\"terms\":[]}")]
    [InlineData("{\"id\":\"a\",\"name\":\"A\",\"currency\":\"USD\",\"terms\":[{}]}")]
    [InlineData("{\"id\":\"a\",\"name\":\"A\",\"currency\":\"USD\",\"terms\":[{\"traffic\":[1]}]}")]
    public void What_is_no_contract_is_refused(string json) => Assert.NotEmpty(Complaint(json));

    [Fact]
    public void Huge_and_deep_input_is_refused_with_few_words()
    {
        Assert.Equal("my.json: it has more than 65536 bytes.", Complaint(new string(' ', 70_000)));
        Assert.NotEmpty(Complaint(new string('[', 60_000)));
        string many = string.Join(',', Enumerable.Repeat("{\"x\":1}", 5000));
        Assert.Contains(
            "not 1 to 100",
            Complaint($"{{\"id\":\"a\",\"name\":\"A\",\"currency\":\"USD\",\"terms\":[{many}]}}"),
            StringComparison.Ordinal
        );
        string fields = string.Join(',', Enumerable.Range(0, 3000).Select(field => $"\"field{field}\":1"));
        ContractDocument.TryParse(Encoding.UTF8.GetBytes($"{{{fields}}}"), "my.json", out _, out var errors);
        Assert.Equal(20, errors.Count);
    }

    [Property(MaxTest = 500)]
    public Property Damaged_documents_never_throw() =>
        Prop.ForAll(
            Gen.Choose(0, Whole.Length - 1).ListOf(3).ToArbitrary(),
            Gen.Choose(0, 255).ListOf(3).ToArbitrary(),
            (places, bytes) =>
            {
                byte[] text = Encoding.UTF8.GetBytes(Whole);
                foreach ((int place, int value) in places.Zip(bytes))
                    text[place] = (byte)value;
                bool read = ContractDocument.TryParse(text, "my.json", out var document, out var errors);
                Assert.Equal(read, document is not null);
                Assert.Equal(read, errors.Count == 0);
            }
        );

    [Fact]
    public void A_file_that_cannot_be_read_is_an_error()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "none.json");

        Assert.False(ContractDocument.TryRead(path, out _, out IReadOnlyList<string> errors));
        Assert.StartsWith(path, Assert.Single(errors), StringComparison.Ordinal);
    }
}
