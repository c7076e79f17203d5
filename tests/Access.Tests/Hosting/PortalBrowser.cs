using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Distribution.Access.Tests.Hosting;

/// <summary>A browser without scripts: cookies, forms, no redirects followed.</summary>
public sealed partial class PortalBrowser(ServerHost host) : IDisposable
{
    public const string Password = "four quiet words here";

    private readonly CookieContainer _cookies = new();
    private HttpClient? _client;

    public HttpClient Client => _client ??= host.Client(cookies: _cookies);

    public static async Task<PortalBrowser> OperatorAsync(ServerHost host)
    {
        var browser = new PortalBrowser(host);
        using HttpResponseMessage used = await browser.SubmitAsync(host.SignInUrl(), "sign-in");
        Assert.Equal(HttpStatusCode.SeeOther, used.StatusCode);
        return browser;
    }

    public Task<HttpResponseMessage> SignInAsync(string name, string password) =>
        SubmitAsync("/sign-in", "password", ("Name", name), ("Password", password));

    /// <summary>True while the portal opens.</summary>
    public async Task<bool> IsInAsync()
    {
        using HttpResponseMessage page = await Client.GetAsync("/account", TestContext.Current.CancellationToken);
        return page.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Opens a page and sends one of its forms, found by name or action; hidden fields go as they stand.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(
        string url,
        string form,
        params (string Name, string Value)[] fields
    )
    {
        string page = await Client.GetStringAsync(url, TestContext.Current.CancellationToken);
        bool isAction = form.StartsWith('/');
        string mark = isAction ? $"action=\"{form}" : $"value=\"{form}\"";
        Match found = Assert.Single(Forms().Matches(page), one => one.Value.Contains(mark, StringComparison.Ordinal));
        List<KeyValuePair<string, string>> values =
        [
            .. HiddenFields()
                .Matches(found.Value)
                .Select(field =>
                    KeyValuePair.Create(field.Groups[1].Value, WebUtility.HtmlDecode(field.Groups[2].Value))
                ),
            .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)),
        ];
        using var content = new FormUrlEncodedContent(values);
        return await Client.PostAsync(isAction ? form : url, content, TestContext.Current.CancellationToken);
    }

    /// <summary>Follows redirects, and pages that go on by themselves, also to other sites and back, to the first that is none.</summary>
    public async Task<HttpResponseMessage> FollowAsync(HttpResponseMessage answer)
    {
        for (int hops = 0; NextOf(answer) is { } next; hops++)
        {
            Assert.True(hops < 10, "It leads nowhere.");
            var from = answer.RequestMessage!.RequestUri!;
            answer.Dispose();
            answer = await Client.GetAsync(new Uri(from, next), TestContext.Current.CancellationToken);
        }
        return answer;
    }

    private static Uri? NextOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Refresh", out IEnumerable<string>? refresh)
            ? new Uri(refresh.Single()["0; url=".Length..])
            : answer.Headers.Location;

    /// <summary>Makes a key by the API, as the portal's scripts may.</summary>
    public async Task<string> MakeKeyAsync(params string[] scopes)
    {
        using HttpResponseMessage made = await Client.PostAsJsonAsync("/api/v1/keys", new { name = "all", scopes });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
    }

    public void Dispose() => _client?.Dispose();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenFields();
}
