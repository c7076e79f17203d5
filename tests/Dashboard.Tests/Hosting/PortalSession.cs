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
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return session;
    }

    /// <summary>Opens a sign-in link and presses its button.</summary>
    public Task<HttpResponseMessage> UseAsync(string signInUrl) => SubmitAsync(signInUrl, "sign-in");

    /// <summary>Opens a page and sends its form with the given name, hidden fields as they stand.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(
        string url,
        string formName,
        params (string Name, string Value)[] fields
    )
    {
        string page = await Client.GetStringAsync(url, TestContext.Current.CancellationToken);
        var values = new Dictionary<string, string>();
        foreach (Match form in Forms().Matches(page))
        {
            if (!form.Value.Contains($"value=\"{formName}\"", StringComparison.Ordinal))
                continue;
            foreach (Match field in HiddenFields().Matches(form.Value))
                values[field.Groups[1].Value] = WebUtility.HtmlDecode(field.Groups[2].Value);
        }
        Assert.True(values.Count > 0, $"{url} has no form \"{formName}\".");
        foreach ((string name, string value) in fields)
            values[name] = value;
        return await Client.PostAsync(url, new FormUrlEncodedContent(values), TestContext.Current.CancellationToken);
    }

    public void Dispose() => _client?.Dispose();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenFields();
}
