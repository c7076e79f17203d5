using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace Distribution.Portal;

/// <summary>
/// How long a page takes in Chromium until it can be used, with many files and a year of reports: from the navigation's start to the end of
/// DOMContentLoaded, when all of the page is there and its scripts are wired. The server's CPU is told too: on a busy machine it says more.
/// </summary>
internal static class PageTimes
{
    private const string Chromium = "/usr/bin/chromium";
    private const int HoursPerFile = 100;
    private const int Rounds = 7;

    public static async Task MeasureAsync(string program, string folder, int files)
    {
        string data = Path.Combine(folder, "data");
        // It makes the tables.
        await using (await ServerProcess.StartAsync(program, data)) { }
        int rows = await YearOfReports.FillAsync(Path.Combine(data, "state.db"), files, HoursPerFile);
        Console.WriteLine($"{files:N0} files, {rows:N0} hours of files, {2 * rows:N0} hours of viewers");
        await using ServerProcess server = await ServerProcess.StartAsync(program, data);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu"] }
        );
        IBrowserContext profile = await browser.NewContextAsync();
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync(server.SignInUrl);
        await page.WaitForURLAsync(server.BaseUrl + "/");
        DateTime today = TimeProvider.System.GetUtcNow().UtcDateTime.Date;
        string file = YearOfReports.Id(files / 2);
        string[] paths =
        [
            "/",
            "/report",
            Report(today, 365, "day", ""),
            Report(today, 365, "month", "&compare=year"),
            $"/files/{file}",
            $"/files/{file}/report",
            $"/statement/{today.AddMonths(-2).ToString("yyyy-MM", CultureInfo.InvariantCulture)}",
            "/server",
            "/server/publishers",
            "/upload",
        ];
        Console.WriteLine(
            "| page | first ms | median ms | worst ms | of it the server's, median ms | the server's CPU, mean ms | KB |"
        );
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (string path in paths)
        {
            var times = new List<(double Usable, double Server)>();
            int bytes = 0;
            TimeSpan cpu = default;
            for (int round = 0; round < Rounds; round++)
            {
                // The first compiles what the page needs.
                if (round == 1)
                    cpu = server.Cpu;
                IResponse? answer = await page.GotoAsync(
                    server.BaseUrl + path,
                    new PageGotoOptions { WaitUntil = WaitUntilState.Load, Timeout = 300_000 }
                );
                if (answer?.Status != 200)
                    throw new InvalidOperationException($"{path}: {answer?.Status}");
                JsonElement timing = await page.EvaluateAsync<JsonElement>(
                    "(() => { const t = performance.getEntriesByType('navigation')[0]; "
                        + "return { usable: t.domContentLoadedEventEnd, server: t.responseEnd - t.requestStart, bytes: t.decodedBodySize }; })()"
                );
                times.Add((timing.GetProperty("usable").GetDouble(), timing.GetProperty("server").GetDouble()));
                bytes = timing.GetProperty("bytes").GetInt32();
            }
            double cpuMs = (server.Cpu - cpu).TotalMilliseconds / (Rounds - 1);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| `{path}` | {times[0].Usable:0} | {Median(times.Skip(1).Select(time => time.Usable)):0} | {times.Skip(1).Max(time => time.Usable):0} | {Median(times.Skip(1).Select(time => time.Server)):0} | {cpuMs:0} | {bytes / 1000} |"
                )
            );
        }
    }

    private static string Report(DateTime today, int days, string bucket, string more) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"/report?from={today.AddDays(1 - days):yyyy-MM-dd}&through={today:yyyy-MM-dd}&bucket={bucket}{more}"
        );

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
