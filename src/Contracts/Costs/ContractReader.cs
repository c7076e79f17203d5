using System.Globalization;
using System.Text.Json;

namespace Distribution.Contracts.Costs;

/// <summary>Reads a contract from JSON, and gathers what is wrong with it, each with its place.</summary>
internal sealed class ContractReader
{
    private const int MaxTerms = 100;
    private const int MaxRegions = 32;
    private const int MaxTexts = 20;

    private readonly ContractFields _fields = new();

    public IReadOnlyList<string> Errors => _fields.Errors;

    /// <summary>The contract; it may be used only where there are no <see cref="Errors"/>.</summary>
    public Contract? Read(JsonElement root)
    {
        const string at = "$";
        if (!_fields.IsObject(root, at, "id", "name", "currency", "gigabyteBytes", "sources", "read", "notes", "terms"))
            return null;
        string? id = _fields.Text(root, at, "id", 64);
        if (id is not null && !id.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            _fields.Wrong($"{at}.id", "has other than small letters, digits and \"-\"");
        string? name = _fields.Text(root, at, "name", 100);
        string? currency = _fields.Text(root, at, "currency", 3);
        if (currency is not null && (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper)))
            _fields.Wrong($"{at}.currency", "is no ISO 4217 code of three capital letters");
        long gigabyte = Gigabyte(root);
        List<ContractTerms> terms = Terms(root, gigabyte);
        IReadOnlyList<string> sources = _fields.Texts(root, at, "sources", MaxTexts);
        DateOnly? read = Date(root);
        IReadOnlyList<string> notes = _fields.Texts(root, at, "notes", MaxTexts);
        if (id is null || name is null || currency is null || terms.Count == 0)
            return null;
        return new Contract
        {
            Id = id,
            Name = name,
            Currency = currency,
            Terms = terms,
            Sources = sources,
            Read = read,
            Notes = notes,
        };
    }

    private long Gigabyte(JsonElement root)
    {
        decimal bytes = _fields.Number(root, "$", "gigabyteBytes", BillUnits.BinaryGigabyte, BillUnits.DecimalGigabyte);
        if (bytes is BillUnits.DecimalGigabyte or BillUnits.BinaryGigabyte)
            return (long)bytes;
        _fields.Wrong("$.gigabyteBytes", "is neither 1000000000 nor 1073741824");
        return BillUnits.DecimalGigabyte;
    }

    private DateOnly? Date(JsonElement root)
    {
        if (_fields.OptionalText(root, "$", "read", 10) is not { } text)
            return null;
        if (
            DateOnly.TryParseExact(
                text,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out DateOnly date
            )
        )
            return date;
        _fields.Wrong("$.read", "is no date such as 2026-01-31");
        return null;
    }

    private List<ContractTerms> Terms(JsonElement root, long gigabyte)
    {
        var all = new List<ContractTerms>();
        foreach ((JsonElement element, string at) in _fields.Items(root, "$", "terms", MaxTerms))
        {
            if (!_fields.IsObject(element, at, "from", "to", "traffic", "edge", "fill", "platform", "viewers"))
                continue;
            DateTimeOffset? from = Hour(element, at, "from");
            DateTimeOffset? to = Hour(element, at, "to");
            if (from >= to)
                _fields.Wrong($"{at}.to", "does not lie after from");
            if (all.Count > 0 && (from is null || all[^1].To is not { } end || end != from))
            {
                _fields.Wrong(
                    $"{at}.from",
                    "does not stand where the terms before end: contracts follow one another without a gap"
                );
            }
            all.Add(
                new ContractTerms
                {
                    From = from,
                    To = to,
                    BytesPerGigabyte = gigabyte,
                    Regions = Regions(element, at),
                    Edge = Edge(element, at, gigabyte),
                    Fill = PerGigabyte(element, at, "fill", gigabyte),
                    Platform = Platform(element, at, gigabyte),
                    Viewers = PerGigabyte(element, at, "viewers", gigabyte),
                }
            );
        }
        return all;
    }

    private List<RegionPrice> Regions(JsonElement terms, string termsAt)
    {
        var regions = new List<RegionPrice>();
        foreach ((JsonElement element, string at) in _fields.Items(terms, termsAt, "traffic", MaxRegions))
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                _fields.Wrong(at, "is no object");
                continue;
            }
            string region = _fields.OptionalText(element, at, "region", 100) ?? "";
            if (regions.Any(other => other.Name == region))
                _fields.Wrong($"{at}.region", "has the name of another region");
            decimal share = _fields.Number(element, at, "share", 1, 1);
            if (new TrafficPlanReader(_fields).Read(element, at) is { } plan)
                regions.Add(new RegionPrice(region, share, plan));
        }
        if (regions.Count > 0 && regions.Sum(static region => region.Share) != 1)
            _fields.Wrong($"{termsAt}.traffic", "has shares that do not add up to 1");
        return regions;
    }

    private EdgePrice? Edge(JsonElement terms, string termsAt, long gigabyte)
    {
        if (!_fields.TryObject(terms, termsAt, "edge", out JsonElement edge, out string at))
            return null;
        _fields.IsObject(edge, at, "perGigabyte", "perNodeMonth", "nodes");
        return new EdgePrice(
            _fields.Number(edge, at, "perGigabyte", ContractFields.MaxPrice, 0),
            gigabyte,
            _fields.Number(edge, at, "perNodeMonth", ContractFields.MaxFee, 0),
            _fields.Number(edge, at, "nodes", 1_000_000, 0)
        );
    }

    private PlatformPrice? Platform(JsonElement terms, string termsAt, long gigabyte)
    {
        if (!_fields.TryObject(terms, termsAt, "platform", out JsonElement platform, out string at))
            return null;
        _fields.IsObject(platform, at, "perMonth", "perGigabyte");
        return new PlatformPrice(
            _fields.Number(platform, at, "perMonth", ContractFields.MaxFee, 0),
            _fields.Number(platform, at, "perGigabyte", ContractFields.MaxPrice, 0),
            gigabyte
        );
    }

    private GigabytePrice? PerGigabyte(JsonElement terms, string termsAt, string name, long gigabyte)
    {
        if (!_fields.TryObject(terms, termsAt, name, out JsonElement price, out string at))
            return null;
        _fields.IsObject(price, at, "perGigabyte");
        return new GigabytePrice(_fields.Number(price, at, "perGigabyte", ContractFields.MaxPrice), gigabyte);
    }

    private DateTimeOffset? Hour(JsonElement terms, string at, string name)
    {
        if (_fields.OptionalText(terms, at, name, 20) is not { } text)
            return null;
        if (
            DateTimeOffset.TryParseExact(
                text,
                ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out DateTimeOffset time
            )
            && time.UtcTicks % TimeSpan.TicksPerHour == 0
            // Keeps every later sum of months inside the calendar.
            && time.Year is >= 1970 and < 9000
        )
            return time;
        _fields.Wrong($"{at}.{name}", "is no date such as 2026-01-31, nor a whole hour such as 2026-01-31T12:00:00Z");
        return null;
    }
}
