using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Distribution.Contracts.Costs;
using Distribution.Silos.Reports;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>Prices as an export's end tells them: flat ones, and the contract that stands in their place.</summary>
internal static class PriceText
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>As short as the file was: the document's bound is in bytes.</summary>
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(PriceOptions prices) =>
        JsonSerializer.Serialize(
            new Told
            {
                Currency = prices.Currency,
                CdnPerGigabyte = prices.CdnPerGigabyte,
                EdgePerGigabyte = prices.EdgePerGigabyte,
                ViewerPerGigabyte = prices.ViewerPerGigabyte,
                Contract = prices.Contract is { } contract ? JsonNode.Parse(contract.Json) : null,
            },
            Options
        );

    /// <summary>False: that is no document of prices.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out PriceOptions? prices)
    {
        prices = null;
        try
        {
            if (JsonSerializer.Deserialize<Told>(text, Options) is not { } told)
                return false;
            ContractDocument? contract = null;
            if (
                told.Contract is { } node
                && !ContractDocument.TryParse(
                    Encoding.UTF8.GetBytes(node.ToJsonString(Plain)),
                    "contract",
                    out contract,
                    out _
                )
            )
                return false;
            prices = new PriceOptions
            {
                Contract = contract,
                Currency = told.Currency,
                CdnPerGigabyte = told.CdnPerGigabyte,
                EdgePerGigabyte = told.EdgePerGigabyte,
                ViewerPerGigabyte = told.ViewerPerGigabyte,
            };
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Told
    {
        private static readonly PriceOptions Default = new();

        public string Currency { get; init; } = Default.Currency;

        public decimal CdnPerGigabyte { get; init; } = Default.CdnPerGigabyte;

        public decimal EdgePerGigabyte { get; init; } = Default.EdgePerGigabyte;

        public decimal ViewerPerGigabyte { get; init; } = Default.ViewerPerGigabyte;

        public JsonNode? Contract { get; init; }
    }
}
