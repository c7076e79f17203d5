using Distribution.Dashboard.Access;

namespace Distribution.Standalone.Serving;

/// <summary>Reads which OpenID Connect provider members may sign in with, if any.</summary>
internal sealed class OpenIdSettings(IConfigurationSection section, List<string> errors)
{
    public OpenIdOptions? Read()
    {
        string? authority = Text(ServeSetting.OidcAuthority);
        string? clientId = Text(ServeSetting.OidcClientId);
        if (authority is null)
        {
            foreach (
                ServeSetting setting in new[]
                {
                    ServeSetting.OidcClientId,
                    ServeSetting.OidcClientSecret,
                    ServeSetting.OidcName,
                }
            )
            {
                if (Text(setting) is not null)
                    Wrong(setting, $"it needs {ServeSetting.OidcAuthority.Option}");
            }
            return null;
        }
        if (
            !Uri.TryCreate(authority, UriKind.Absolute, out Uri? url)
            || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
        )
        {
            Wrong(ServeSetting.OidcAuthority, $"\"{authority}\" is no https address");
            return null;
        }
        if (clientId is null)
        {
            Wrong(ServeSetting.OidcAuthority, $"it needs {ServeSetting.OidcClientId.Option}");
            return null;
        }
        return new OpenIdOptions(
            url,
            clientId,
            Text(ServeSetting.OidcClientSecret),
            Text(ServeSetting.OidcName) ?? url.Host
        );
    }

    private string? Text(ServeSetting setting) => section[setting.Key] is { Length: > 0 } text ? text.Trim() : null;

    private void Wrong(ServeSetting setting, string why) => errors.Add($"{setting.Option}: {why}.");
}
