using Distribution.Contracts.Files;
using Distribution.Dashboard.Limits;
using Distribution.Dashboard.Tests.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.Dashboard.Tests.Browser;

/// <summary>Pages that no route leads to: they come in the place of another. On hosts of their own, as they break and exhaust them.</summary>
public sealed class AnswerDocumentsTests(PortalBrowser browser) : IClassFixture<PortalBrowser>
{
    private static readonly (int Width, ColorScheme Scheme)[] Looks =
    [
        (1280, ColorScheme.Light),
        (390, ColorScheme.Dark),
    ];

    [Fact]
    public async Task Faults_are_told_on_pages_that_fit_and_read_well()
    {
        await using var host = new PortalHost();
        await host.InitializeAsync();
        PublishedFile file = host.Store.Add();
        foreach ((int width, ColorScheme scheme) in Looks)
        {
            host.Store.Fault = null;
            await using IBrowserContext profile = await browser.NewProfileAsync(width, scheme);
            IPage page = await profile.NewPageAsync();
            await page.GotoAsync(host.SignInLinks.Create().Url);
            await Expect(page).ToHaveURLAsync($"{host.BaseUrl}/");

            await AssertToldAsync(host, page, file, new TimeoutException(), 503);
            await AssertToldAsync(host, page, file, new ArithmeticException(), 500);
        }
    }

    [Fact]
    public async Task Too_many_requests_are_told_on_a_page_that_fits_and_reads_well()
    {
        await using var host = new PortalHost
        {
            RateLimits = new RateLimitOptions { StrangersPerSecond = 1, StrangerBurst = 1 },
        };
        await host.InitializeAsync();
        foreach ((int width, ColorScheme scheme) in Looks)
        {
            await using IBrowserContext profile = await browser.NewProfileAsync(width, scheme);
            IPage page = await profile.NewPageAsync();

            IResponse? answer;
            do answer = await page.GotoAsync($"{host.BaseUrl}/sign-in");
            while (answer!.Status == 200);

            Assert.Equal(429, answer.Status);
            await AssertReadsWellAsync(page);
        }
    }

    private static async Task AssertToldAsync(
        PortalHost host,
        IPage page,
        PublishedFile file,
        Exception fault,
        int status
    )
    {
        host.Store.Fault = fault;
        IResponse? answer = await page.GotoAsync($"{host.BaseUrl}/files/{file.Id}");
        Assert.Equal(status, answer!.Status);
        await AssertReadsWellAsync(page);
    }

    private static async Task AssertReadsWellAsync(IPage page)
    {
        Assert.Equal(1, await page.Locator("h1").CountAsync());
        Assert.Equal(
            0,
            await page.EvaluateAsync<int>(
                "Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"
            )
        );
        string contrast = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Browser", "contrast.js"),
            TestContext.Current.CancellationToken
        );
        Assert.Empty(await page.EvaluateAsync<string[]>(contrast));
        Assert.Empty(await AxeRules.CheckAsync(page));
    }
}
