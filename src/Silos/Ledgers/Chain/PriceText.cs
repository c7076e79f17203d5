using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Distribution.Silos.Reports;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>Prices as an export's end tells them.</summary>
internal static class PriceText
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
    };

    public static string Write(PriceOptions prices) => JsonSerializer.Serialize(prices, Options);

    /// <summary>False: that is no document of prices.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out PriceOptions? prices)
    {
        try
        {
            prices = JsonSerializer.Deserialize<PriceOptions>(text, Options);
        }
        catch (JsonException)
        {
            prices = null;
        }
        return prices is not null;
    }
}
