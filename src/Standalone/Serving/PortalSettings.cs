using System.Globalization;
using Distribution.Dashboard.Limits;

namespace Distribution.Standalone.Serving;

/// <summary>Reads what the portal and the API may be asked.</summary>
internal sealed class PortalSettings(IConfigurationSection section, List<string> errors)
{
    public PortalOptions Read(bool webhooksPrivate)
    {
        var limits = new RateLimitOptions();
        if (Read(ServeSetting.ApiLimit) is { } requests)
            (limits.RequestsPerSecond, limits.RequestBurst) = (requests, 10 * requests);
        if (Read(ServeSetting.SignInLimit) is { } signIns)
            (limits.SignInsPerMinute, limits.SignInBurst) = (signIns, 2 * signIns);
        return new PortalOptions { RateLimits = limits, WebhooksPrivate = webhooksPrivate };
    }

    private int? Read(ServeSetting setting)
    {
        if (section[setting.Key] is not { Length: > 0 } text)
            return null;
        if (
            int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int rate)
            && rate <= RateLimitOptions.MostPerSecond
        )
            return rate;
        errors.Add($"{setting.Option}: \"{text}\" is no number from 0 to {RateLimitOptions.MostPerSecond}.");
        return null;
    }
}
