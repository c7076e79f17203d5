using System.Globalization;
using Distribution.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Distribution.EndToEnd.Tests.Portal;

/// <summary>A real server, and a browser that reaches it through a network that can be slowed and cut.</summary>
internal sealed class ThrottledPortal : IAsyncDisposable
{
    private ThrottledPortal(DistributionServer server, ThrottlingProxy network, Chromium chromium, string url)
    {
        Server = server;
        Network = network;
        Chromium = chromium;
        Url = url;
    }

    public DistributionServer Server { get; }

    public ThrottlingProxy Network { get; }

    public Chromium Chromium { get; }

    /// <summary>As the browser knows it, without a slash at the end.</summary>
    public string Url { get; }

    public static async Task<ThrottledPortal> StartAsync(double bytesPerSecond)
    {
        int port = Ports.Free();
        string url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { MoreArguments = ["--public-host", url] }
        );
        ThrottlingProxy? network = null;
        try
        {
            network = new ThrottlingProxy(port, server.Port, bytesPerSecond);
            return new ThrottledPortal(server, network, await Chromium.StartAsync(), url);
        }
        catch
        {
            if (network is not null)
                await network.DisposeAsync();
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The upload page, for whoever opened the printed link.</summary>
    public async Task<IPage> SignInAsync(IBrowserContext profile)
    {
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync(await Server.SignInLinkAsync());
        await Expect(page).ToHaveURLAsync(Url + "/");
        await page.GotoAsync(Url + "/upload");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await Chromium.DisposeAsync();
        await Network.DisposeAsync();
        await Server.DisposeAsync();
    }
}
