using System.Net;
using Distribution.Contracts.Files;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Api;

/// <summary>On a host of its own, because it breaks the grains.</summary>
public sealed class FaultTests(PortalHost host) : IClassFixture<PortalHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_that_does_not_answer_is_told_as_unavailable()
    {
        PublishedFile file = host.Store.Add();
        host.Store.Fault = new TimeoutException("The silo is gone; its address is 10.0.0.1.");
        using HttpClient client = host.Client(host.ApiKey);

        using HttpResponseMessage api = await client.GetAsync($"/api/v1/files/{file.Id}", Stop);
        using HttpResponseMessage page = await PageAsync(file.Id);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, api.StatusCode);
        Assert.NotNull(api.Headers.RetryAfter);
        await Problem.AssertAsync(api, "unavailable");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        string html = await page.Content.ReadAsStringAsync(Stop);
        Assert.Contains("A part of the system does not answer", html, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.1", html, StringComparison.Ordinal);
        Assert.True(page.Headers.Contains("Content-Security-Policy"));
    }

    [Fact]
    public async Task Another_fault_is_told_without_its_inside()
    {
        PublishedFile file = host.Store.Add();
        host.Store.Fault = new ArithmeticException("secret");
        using HttpClient client = host.Client(host.ApiKey);

        using HttpResponseMessage api = await client.GetAsync($"/api/v1/files/{file.Id}", Stop);
        using HttpResponseMessage page = await PageAsync(file.Id);

        Assert.Equal(HttpStatusCode.InternalServerError, api.StatusCode);
        await Problem.AssertAsync(api, "internal");
        Assert.DoesNotContain("secret", await api.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.InternalServerError, page.StatusCode);
        string html = await page.Content.ReadAsStringAsync(Stop);
        Assert.Matches("Trace id <code>[0-9a-f]{32}</code>", html);
        Assert.DoesNotContain("secret", html, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PageAsync(string fileId)
    {
        using PortalSession session = await PortalSession.SignedInAsync(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/files/{fileId}");
        request.Headers.Accept.ParseAdd("text/html");
        return await session.Client.SendAsync(request, Stop);
    }
}
