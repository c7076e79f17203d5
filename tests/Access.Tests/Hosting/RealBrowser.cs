using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Distribution.Access.Tests.Hosting;

/// <summary>The system's Chromium with one page, and what it complained about.</summary>
internal sealed class RealBrowser : IAsyncDisposable
{
    private const string Executable = "/usr/bin/chromium";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private RealBrowser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        _playwright = playwright;
        _browser = browser;
        Page = page;
        page.PageError += (_, error) => Complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                Complaints.Enqueue(message.Text);
        };
    }

    public IPage Page { get; }

    /// <summary>What a page may not do by its policy is among them.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    public static async Task<RealBrowser> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Executable), $"{Executable} is not installed");
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = ["--no-sandbox", "--disable-gpu"] }
        );
        return new RealBrowser(playwright, browser, await browser.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
