using System.Net;
using Distribution.Access.Tests.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.Access.Tests.Accounts;

public class OrleansDashboardTests(ServerHost host)
{
    private const string Path = "/server/orleans/";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_not_there_where_nobody_asked_for_it()
    {
        using HttpClient operators = host.Client(host.OperatorKey);

        using HttpResponseMessage answer = await operators.GetAsync(Path, Stop);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task It_answers_operators_alone_and_works_in_a_browser()
    {
        await using var server = new ServerHost { WithOrleansDashboard = true };
        await server.InitializeAsync();
        using var stranger = server.Client();
        using HttpClient owner = server.Client(server.OtherOwnerKey);
        using HttpClient edge = server.Client(server.EdgeKey);
        using PortalBrowser member = await server.MemberAsync("owner");
        foreach (string path in new[] { Path, Path + "DashboardCounters", Path + "index.min.js" })
        {
            using HttpResponseMessage none = await stranger.GetAsync(path, Stop);
            // A key is refused by a status, a browser is sent to where it can sign in.
            Assert.Contains(none.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Redirect });
            foreach (HttpClient refused in new[] { owner, edge, member.Client })
            {
                using HttpResponseMessage forbidden = await refused.GetAsync(path, Stop);
                Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
            }
        }
        await using RealBrowser browser = await RealBrowser.StartAsync();
        IPage page = browser.Page;
        await page.GotoAsync(server.SignInUrl());
        await page.WaitForURLAsync(server.BaseUrl + "/");
        await page.GotoAsync($"{server.BaseUrl}/server");

        await page.GetByRole(AriaRole.Link, new() { Name = "Open it" }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"{Path}"));
        await Expect(page.GetByText("Total Activations").First).ToBeVisibleAsync();
        Assert.Empty(browser.Complaints);
    }
}
