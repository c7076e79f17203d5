using System.Net;
using System.Text.Json;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Access;

public class CredentialsTests(PortalHost host)
{
    public static TheoryData<string, string> Calls =>
        new()
        {
            { "GET", "/api/v1/files" },
            { "GET", "/api/v1/files/x" },
            { "PATCH", "/api/v1/files/x" },
            { "DELETE", "/api/v1/files/x" },
            { "POST", "/api/v1/files/x/restore" },
            { "GET", "/api/v1/files/x/versions" },
            { "GET", "/api/v1/files/x/swarm" },
            { "GET", "/api/v1/files/x/live" },
            { "GET", "/api/v1/files/x/report" },
            { "GET", "/api/v1/report" },
            { "GET", "/api/v1/report/files" },
            { "GET", "/api/v1/statement/x" },
            { "POST", "/api/v1/sign-in-links" },
            { "GET", "/api/v1/ledger" },
            { "GET", "/api/v1/ledger/key" },
            { "GET", "/api/v1/contracts" },
            { "GET", "/api/v1/contracts/x" },
            { "POST", "/api/v1/report" },
            { "POST", "/api/v1/files/x/report" },
            { "POST", "/api/v1/uploads" },
            { "GET", "/api/v1/access" },
            { "GET", "/api/v1/account" },
            { "PUT", "/api/v1/account/password" },
            { "DELETE", "/api/v1/account/logins/x" },
            { "POST", "/api/v1/account/memberships" },
            { "GET", "/api/v1/account/sessions" },
            { "DELETE", "/api/v1/account/sessions" },
            { "DELETE", "/api/v1/account/sessions/x" },
            { "GET", "/api/v1/account/passkeys" },
            { "POST", "/api/v1/account/passkeys" },
            { "POST", "/api/v1/account/passkeys/options" },
            { "GET", "/api/v1/account/passkeys/x" },
            { "PATCH", "/api/v1/account/passkeys/x" },
            { "DELETE", "/api/v1/account/passkeys/x" },
            { "GET", "/api/v1/members" },
            { "GET", "/api/v1/members/x" },
            { "PATCH", "/api/v1/members/x" },
            { "DELETE", "/api/v1/members/x" },
            { "GET", "/api/v1/invitations" },
            { "POST", "/api/v1/invitations" },
            { "GET", "/api/v1/invitations/x" },
            { "DELETE", "/api/v1/invitations/x" },
            { "GET", "/api/v1/keys" },
            { "POST", "/api/v1/keys" },
            { "GET", "/api/v1/keys/x" },
            { "POST", "/api/v1/keys/x/rotate" },
            { "DELETE", "/api/v1/keys/x" },
            { "GET", "/api/v1/holdout" },
            { "PUT", "/api/v1/holdout" },
            { "GET", "/api/v1/collections" },
            { "GET", "/api/v1/collections/x" },
            { "PUT", "/api/v1/collections/x" },
            { "DELETE", "/api/v1/collections/x" },
            { "GET", "/api/v1/collections/x/report" },
            { "GET", "/api/v1/settings" },
            { "PUT", "/api/v1/settings" },
            { "GET", "/api/v1/webhooks" },
            { "POST", "/api/v1/webhooks" },
            { "GET", "/api/v1/webhooks/x" },
            { "PATCH", "/api/v1/webhooks/x" },
            { "DELETE", "/api/v1/webhooks/x" },
            { "POST", "/api/v1/webhooks/x/rotate" },
            { "POST", "/api/v1/webhooks/x/test" },
            { "GET", "/api/v1/webhooks/x/deliveries" },
            { "GET", "/api/v1/webhooks/x/deliveries/d" },
            { "POST", "/api/v1/webhooks/x/deliveries/d/redeliver" },
            { "GET", "/api/v1/audit" },
            { "GET", "/api/v1/server/audit" },
            { "GET", "/api/v1/publishers" },
            { "POST", "/api/v1/publishers" },
            { "GET", "/api/v1/publishers/x" },
            { "PATCH", "/api/v1/publishers/x" },
            { "GET", "/api/v1/server/peers" },
            { "PUT", "/api/v1/server/peers" },
            { "GET", "/api/v1/server/takedowns" },
            { "POST", "/api/v1/server/takedowns" },
            { "GET", "/api/v1/server/takedowns/x" },
            { "DELETE", "/api/v1/server/takedowns/x" },
            { "GET", "/api/v1/edges/n/state" },
            { "PUT", "/api/v1/edges/n/state" },
            { "POST", "/api/v1/edge/n/heartbeat" },
        };

    public static TheoryData<string> Pages =>
        [
            "/",
            "/upload",
            "/files/x",
            "/files/x/report",
            "/report",
            "/statement/2026-01",
            "/settings",
            "/settings/keys",
            "/reference",
            "/settings/delivery",
            "/settings/webhooks",
            "/settings/webhooks/x",
            "/settings/log",
            "/server",
            "/server/edges",
            "/server/publishers",
            "/server/takedowns",
            "/server/log",
            "/account",
        ];

    [Theory, MemberData(nameof(Calls))]
    public async Task A_call_without_credentials_gets_a_401_problem(string method, string path)
    {
        using HttpClient client = host.Client();

        using HttpResponseMessage response = await SendAsync(client, method, path);

        await AssertUnauthorizedAsync(response);
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task A_call_with_a_wrong_key_gets_a_401_problem(string method, string path)
    {
        using HttpClient client = host.Client("dst_api_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

        using HttpResponseMessage response = await SendAsync(client, method, path);

        await AssertUnauthorizedAsync(response);
    }

    [Fact]
    public async Task No_call_of_the_api_is_missing_above()
    {
        using HttpClient client = host.Client();
        using JsonDocument openApi = JsonDocument.Parse(
            await client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken)
        );

        IEnumerable<string> described = openApi
            .RootElement.GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject().Select(call => $"{call.Name.ToUpperInvariant()} {path.Name}")
            );
        IEnumerable<string> called = Calls.Select(call =>
            $"{call.Data.Item1} {call.Data.Item2.Replace("/statement/x", "/statement/{month}", StringComparison.Ordinal).Replace("/collections/x", "/collections/{name}", StringComparison.Ordinal).Replace("/x", "/{id}", StringComparison.Ordinal).Replace("/n/", "/{node}/", StringComparison.Ordinal).Replace("/deliveries/d", "/deliveries/{delivery}", StringComparison.Ordinal)}"
        );

        Assert.Equal(described.Order(StringComparer.Ordinal), called.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_key_opens_its_own_doors_only()
    {
        using HttpClient publisher = host.Client(host.ApiKey);
        using HttpClient edge = host.Client(host.EdgeKey);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(publisher, "GET", "/api/v1/files"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(edge, "POST", "/api/v1/edge/n/heartbeat"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(edge, "GET", "/api/v1/files"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(edge, "POST", "/api/v1/uploads"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(edge, "POST", "/api/v1/sign-in-links"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(publisher, "POST", "/api/v1/edge/n/heartbeat"));
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task A_page_leads_to_the_sign_in_page_and_back(string path)
    {
        using HttpClient client = host.Client();

        using HttpResponseMessage response = await SendAsync(client, "GET", path);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal($"/sign-in?returnUrl={Uri.EscapeDataString(path)}", response.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    public async Task A_cookie_changes_things_only_from_our_own_pages(
        string header,
        string value,
        HttpStatusCode status
    )
    {
        using PortalSession session = await PortalSession.SignedInAsync(host);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/uploads");
        request.Headers.TryAddWithoutValidation(header, value);

        using HttpResponseMessage response = await session.Client.SendAsync(
            request,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task The_own_origin_may_change_things_also_without_fetch_metadata()
    {
        using PortalSession session = await PortalSession.SignedInAsync(host);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/uploads");
        request.Headers.Add("Origin", host.BaseUrl);

        using HttpResponseMessage response = await session.Client.SendAsync(
            request,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task AssertUnauthorizedAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        await Problem.AssertAsync(response, "unauthorized");
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, string path)
    {
        using HttpResponseMessage response = await SendAsync(client, method, path);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path) =>
        client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), TestContext.Current.CancellationToken);
}
