using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests;

public class SmokeTests(PortalHost host, ITestOutputHelper output) : IClassFixture<PortalHost>
{
    [Fact]
    public async Task Pages_render()
    {
        using PortalSession session = await PortalSession.SignedInAsync(host);
        var file = host.Store.Add();
        foreach (
            string path in new[]
            {
                "/",
                "/upload",
                "/report",
                $"/files/{file.Id}",
                $"/files/{file.Id}/report",
                $"/watch/{file.Id}",
                "/sign-in",
                "/nope",
                "/openapi/v1.json",
            }
        )
        {
            var r = await session.Client.GetAsync(path, TestContext.Current.CancellationToken);
            output.WriteLine($"{path} {r.StatusCode} {r.Content.Headers.ContentType}");
            output.WriteLine(await r.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }
}
