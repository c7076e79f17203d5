using Microsoft.Playwright;

namespace Distribution.Dashboard.Tests.Browser;

/// <summary>The system's Chromium, started once; it may load nothing from the network.</summary>
public sealed class PortalBrowser : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium))
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Chromium,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
    }

    /// <summary>A fresh profile.</summary>
    /// <param name="timeZone">As the IANA names it; null: the machine's.</param>
    public Task<IBrowserContext> NewProfileAsync(
        int width = 1280,
        ColorScheme scheme = ColorScheme.Light,
        string? timeZone = null,
        string locale = "en-US"
    )
    {
        Assert.SkipWhen(_browser is null, $"There is no browser at {Chromium}.");
        return _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                ColorScheme = scheme,
                TimezoneId = timeZone,
                Locale = locale,
                Permissions = ["clipboard-read", "clipboard-write"],
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
