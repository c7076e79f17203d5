using Distribution.EndToEnd.Tests.Harness;
using Microsoft.Playwright;

namespace Distribution.EndToEnd.Tests.Portal;

/// <summary>Debian's Chromium, driven by Playwright; nothing is downloaded.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Executable = "/usr/bin/chromium";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <param name="moreArguments">For the browser.</param>
    public static async Task<Chromium> StartAsync(params string[] moreArguments)
    {
        Requires.That(File.Exists(Executable), $"{Executable} is not installed");
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Executable,
                Headless = true,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    .. moreArguments,
                ],
            }
        );
        return new Chromium(playwright, browser);
    }

    /// <summary>A browser profile of its own, that may use the clipboard.</summary>
    public Task<IBrowserContext> NewProfileAsync() =>
        _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                Permissions = ["clipboard-read", "clipboard-write"],
                ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
            }
        );

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
