using System.Net;
using System.Text.RegularExpressions;

namespace Distribution.Dashboard.Tests.Hosting;

/// <summary>A browser without scripts: cookies, forms, no redirects followed.</summary>
public sealed partial class PortalSession(PortalHost host) : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private HttpClient? _client;

    public HttpClient Client => _client ??= host.Client(cookies: _cookies);

    public IReadOnlyList<Cookie> Cookies => [.. _cookies.GetAllCookies().Cast<Cookie>()];

    public static async Task<PortalSession> SignedInAsync(PortalHost host)
    {
        var session = new PortalSession(host);
        using HttpResponseMessage response = await session.UseAsync(host.SignInLinks.Create().Url);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        return session;
    }

    /// <summary>Opens a sign-in link and presses its button.</summary>
    public Task<HttpResponseMessage> UseAsync(string signInUrl) => SubmitAsync(signInUrl, name: "sign-in");

    /// <summary>Opens a page and sends one of its forms, found by name or by action; hidden fields go as they stand.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(
        string url,
        string? name = null,
        string? action = null,
        params (string Name, string Value)[] fields
    )
    {
        FormUrlEncodedContent form = await OpenFormAsync(url, name, action, fields);
        return await Client.PostAsync(action ?? url, form, TestContext.Current.CancellationToken);
    }

    /// <summary>Opens a page and fills one of its forms, without sending it.</summary>
    public async Task<FormUrlEncodedContent> OpenFormAsync(
        string url,
        string? name = null,
        string? action = null,
        params (string Name, string Value)[] fields
    )
    {
        string page = await Client.GetStringAsync(url, TestContext.Current.CancellationToken);
        string mark = name is null ? $"action=\"{action}\"" : $"value=\"{name}\"";
        Match form = Assert.Single(Forms().Matches(page), form => form.Value.Contains(mark, StringComparison.Ordinal));
        var values = HiddenFields()
            .Matches(form.Value)
            .ToDictionary(field => field.Groups[1].Value, field => WebUtility.HtmlDecode(field.Groups[2].Value));
        foreach ((string field, string value) in fields)
            values[field] = value;
        return new FormUrlEncodedContent(values);
    }

    public void Dispose() => _client?.Dispose();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenFields();
}
