using System.Globalization;
using Distribution.Contracts.Costs;
using Distribution.Silos.Reports;

namespace Distribution.Standalone.Serving;

/// <summary>Reads what the report reckons with: flat prices or a contract, never both.</summary>
internal sealed class PriceSettings(IConfigurationSection section, List<string> errors, ContractCatalogue contracts)
{
    private static readonly ServeSetting[] Flat =
    [
        ServeSetting.Currency,
        ServeSetting.PriceCdn,
        ServeSetting.PriceEdge,
        ServeSetting.PriceViewer,
    ];

    public PriceOptions Read()
    {
        var defaults = new PriceOptions();
        return new PriceOptions
        {
            Contract = Contract(),
            Currency = Currency() ?? defaults.Currency,
            CdnPerGigabyte = Price(ServeSetting.PriceCdn, defaults.CdnPerGigabyte),
            EdgePerGigabyte = Price(ServeSetting.PriceEdge, defaults.EdgePerGigabyte),
            ViewerPerGigabyte = Price(ServeSetting.PriceViewer, defaults.ViewerPerGigabyte),
        };
    }

    private ContractDocument? Contract()
    {
        if (Text(ServeSetting.Contract) is not { } text)
            return null;
        string[] both = [.. Flat.Where(setting => Text(setting) is not null).Select(setting => setting.Option)];
        if (both.Length > 0)
            Wrong(ServeSetting.Contract, $"it stands in the place of {string.Join(", ", both)}; give one or the other");
        if (contracts.TryFind(text, out ContractDocument? entry))
            return entry;
        if (ContractDocument.TryRead(text, out entry, out IReadOnlyList<string> wrong))
            return entry;
        if (!File.Exists(text))
            Wrong(ServeSetting.Contract, $"\"{text}\" is no file, and no contract of the catalogue");
        else
            errors.AddRange(wrong.Select(error => $"{ServeSetting.Contract.Option}: {error}"));
        return null;
    }

    private string? Currency()
    {
        if (Text(ServeSetting.Currency) is not { } text)
            return null;
        if (text.Length != 3 || !text.All(char.IsAsciiLetterUpper))
            Wrong(ServeSetting.Currency, $"\"{text}\" is no ISO 4217 code of three capital letters");
        return text;
    }

    private decimal Price(ServeSetting setting, decimal otherwise)
    {
        if (Text(setting) is not { } text)
            return otherwise;
        if (
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal price)
            && price <= 1_000_000
        )
            return price;
        Wrong(setting, $"\"{text}\" is no price from 0 to 1000000, such as 0.02");
        return otherwise;
    }

    private string? Text(ServeSetting setting) => section[setting.Key] is { Length: > 0 } text ? text.Trim() : null;

    private void Wrong(ServeSetting setting, string why) => errors.Add($"{setting.Option}: {why}.");
}
