using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Silos.Reports;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>
/// Prices as an export's end tells them: flat ones, the contract that stands in their place, and the contracts that publishers have of their own.
/// </summary>
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

    /// <summary>What else stands in the line.</summary>
    private const int ReservedBytes = 4096;

    /// <summary>Publishers whose contracts would make the line longer than lines may be are named, and no more.</summary>
    public static string Write(ExportPrices prices)
    {
        PriceOptions server = prices.Server;
        var told = new Told
        {
            Currency = server.Currency,
            CdnPerGigabyte = server.CdnPerGigabyte,
            EdgePerGigabyte = server.EdgePerGigabyte,
            ViewerPerGigabyte = server.ViewerPerGigabyte,
            Contract = server.Contract is { } contract ? JsonNode.Parse(contract.Json) : null,
        };
        var own = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        var omitted = new List<string>(prices.Omitted);
        string text = JsonSerializer.Serialize(told, Options);
        long characters = ChainLineReader.MaxPricesLength - ReservedBytes - text.Length;
        long bytes = ChainLineReader.MaxLineBytes - ReservedBytes - Escaped(text);
        foreach (
            (string publisherId, ContractDocument document) in prices.Own.OrderBy(
                static one => one.Key,
                StringComparer.Ordinal
            )
        )
        {
            JsonNode node = JsonNode.Parse(document.Json)!;
            string one = JsonSerializer.Serialize(new Dictionary<string, JsonNode> { [publisherId] = node }, Options);
            if (one.Length > characters || Escaped(one) > bytes)
            {
                omitted.Add(publisherId);
                continue;
            }
            characters -= one.Length;
            bytes -= Escaped(one);
            own[publisherId] = node;
        }
        return JsonSerializer.Serialize(
            told with
            {
                Contracts = own.Count > 0 ? own : null,
                Omitted = omitted.Count > 0 ? omitted : null,
            },
            Options
        );
    }

    /// <summary>Of a text of ASCII, once it stands in a line.</summary>
    private static int Escaped(string text) => text.Length + text.Count(static one => one is '"' or '\\');

    /// <summary>False: that is no document of prices.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out ExportPrices? prices)
    {
        prices = null;
        try
        {
            if (JsonSerializer.Deserialize<Told>(text, Options) is not { } told)
                return false;
            if (!TryRead(told.Contract, out ContractDocument? contract))
                return false;
            var own = new Dictionary<string, ContractDocument>(StringComparer.Ordinal);
            foreach ((string publisherId, JsonNode? node) in told.Contracts ?? [])
            {
                if (!TryRead(node, out ContractDocument? one) || one is null)
                    return false;
                own[publisherId] = one;
            }
            prices = new ExportPrices(
                new PriceOptions
                {
                    Contract = contract,
                    Currency = told.Currency,
                    CdnPerGigabyte = told.CdnPerGigabyte,
                    EdgePerGigabyte = told.EdgePerGigabyte,
                    ViewerPerGigabyte = told.ViewerPerGigabyte,
                },
                own,
                told.Omitted ?? []
            );
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryRead(JsonNode? node, out ContractDocument? contract)
    {
        contract = null;
        return node is null
            || ContractDocument.TryParse(
                Encoding.UTF8.GetBytes(node.ToJsonString(Plain)),
                "contract",
                out contract,
                out _
            );
    }

    private sealed record Told
    {
        private static readonly PriceOptions Default = new();

        public string Currency { get; init; } = Default.Currency;

        public decimal CdnPerGigabyte { get; init; } = Default.CdnPerGigabyte;

        public decimal EdgePerGigabyte { get; init; } = Default.EdgePerGigabyte;

        public decimal ViewerPerGigabyte { get; init; } = Default.ViewerPerGigabyte;

        public JsonNode? Contract { get; init; }

        public SortedDictionary<string, JsonNode?>? Contracts { get; init; }

        public IReadOnlyList<string>? Omitted { get; init; }
    }
}
