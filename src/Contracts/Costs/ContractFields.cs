using System.Text.Json;

namespace Distribution.Contracts.Costs;

/// <summary>The fields of a contract's JSON, checked one by one; what is wrong is gathered.</summary>
internal sealed class ContractFields
{
    /// <summary>Of a gigabyte or a megabit.</summary>
    public const decimal MaxPrice = 1_000_000m;

    /// <summary>Of a month.</summary>
    public const decimal MaxFee = 1_000_000_000m;

    /// <summary>A thousand exabytes.</summary>
    public const decimal MaxGigabytes = 1_000_000_000_000m;

    private const int MaxErrors = 20;
    private const int MaxTextLength = 1000;
    private const int MaxDecimals = 12;

    private readonly List<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    public void Wrong(string at, string why)
    {
        if (_errors.Count < MaxErrors)
            _errors.Add($"{at} {why}.");
    }

    /// <summary>True: an object. Fields that are not known, or are there twice, are errors.</summary>
    public bool IsObject(JsonElement element, string at, params ReadOnlySpan<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Wrong(at, "is no object");
            return false;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty field in element.EnumerateObject())
        {
            string name = field.Name;
            if (!known.Contains(name))
                Wrong(at, $"has a field \"{Short(name)}\" that is not known");
            else if (!seen.Add(name))
                Wrong($"{at}.{name}", "is there twice");
        }
        return true;
    }

    /// <summary>False: the field is not there, null or no object; the latter is an error.</summary>
    public bool TryObject(JsonElement owner, string ownerAt, string name, out JsonElement element, out string at)
    {
        at = $"{ownerAt}.{name}";
        if (!Has(owner, name, out element))
            return false;
        if (element.ValueKind == JsonValueKind.Object)
            return true;
        Wrong(at, "is no object");
        return false;
    }

    /// <summary>The elements of a list that must be there, with at least one and at most <paramref name="most"/>.</summary>
    public IEnumerable<(JsonElement Element, string At)> Items(JsonElement owner, string ownerAt, string name, int most)
    {
        string at = $"{ownerAt}.{name}";
        if (!Has(owner, name, out JsonElement list) || list.ValueKind != JsonValueKind.Array)
        {
            Wrong(at, "is missing, or no list");
            return [];
        }
        int count = list.GetArrayLength();
        if (count == 0 || count > most)
        {
            Wrong(at, $"has {count} entries, not 1 to {most}");
            return [];
        }
        return list.EnumerateArray().Select((element, index) => (element, $"{at}[{index}]"));
    }

    public string? Text(JsonElement owner, string ownerAt, string name, int maxLength)
    {
        string? text = OptionalText(owner, ownerAt, name, maxLength);
        if (string.IsNullOrWhiteSpace(text) && !Has(owner, name, out _))
            Wrong($"{ownerAt}.{name}", "is missing");
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    public string? OptionalText(JsonElement owner, string ownerAt, string name, int maxLength) =>
        Has(owner, name, out JsonElement element) ? Text(element, $"{ownerAt}.{name}", maxLength) : null;

    public IReadOnlyList<string> Texts(JsonElement owner, string ownerAt, string name, int most) =>
        Has(owner, name, out _)
            ?
            [
                .. Items(owner, ownerAt, name, most)
                    .Select(item => Text(item.Element, item.At, MaxTextLength))
                    .OfType<string>(),
            ]
            : [];

    /// <summary>A number from 0 to <paramref name="most"/>; without <paramref name="otherwise"/> it must be there.</summary>
    public decimal Number(JsonElement owner, string ownerAt, string name, decimal most, decimal? otherwise = null)
    {
        string at = $"{ownerAt}.{name}";
        if (!Has(owner, name, out JsonElement element))
        {
            if (otherwise is null)
                Wrong(at, "is missing");
            return otherwise ?? 0;
        }
        if (
            element.ValueKind == JsonValueKind.Number
            // A decimal rounds what it cannot hold; more decimals than this are no price.
            && element.GetRawText().Length <= 40
            && element.TryGetDecimal(out decimal number)
            && number >= 0
            && number <= most
            && number.Scale <= MaxDecimals
        )
            return number;
        Wrong(at, $"is no number from 0 to {most} with at most {MaxDecimals} decimals");
        return otherwise ?? 0;
    }

    /// <summary>True: the field is there and not null.</summary>
    public static bool Has(JsonElement owner, string name, out JsonElement element) =>
        owner.TryGetProperty(name, out element) && element.ValueKind != JsonValueKind.Null;

    public static string Short(string text) => text.Length > 40 ? text[..40] + "…" : text;

    private string? Text(JsonElement element, string at, int maxLength)
    {
        string? text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        if (text is null || string.IsNullOrWhiteSpace(text) || text.Length > maxLength || text.Any(char.IsControl))
        {
            Wrong(at, $"is no text of 1 to {maxLength} characters");
            return null;
        }
        return text;
    }
}
