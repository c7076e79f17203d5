using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Display;
using Distribution.Standalone.Downloads;
using Spectre.Console;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution get M</c>: downloads as a viewer would, and says what came from where.</summary>
internal static class GetCommand
{
    public static Command Create()
    {
        var command = new Command(
            "get",
            "Download a magnet, .torrent or watch link as a viewer would; says what came from where"
        );
        var what = new Argument<string>("M")
        {
            Description = "A magnet link, a .torrent file or its address, or the address of a watch page",
        };
        var output = new Option<string>("--output")
        {
            Description = "The folder to put it in (default: this one)",
            HelpName = "DIR",
            DefaultValueFactory = _ => ".",
        };
        var noWebSeed = new Option<bool>("--no-web-seed") { Description = "Take nothing from web seeds" };
        var noPeers = new Option<bool>("--no-peers") { Description = "Take from web seeds alone, and give nothing" };
        var shareLimit = new Option<double>("--share-limit")
        {
            Description = "How much other viewers get from here, as a share of what came; 0: nothing (default 1)",
            HelpName = "RATIO",
            DefaultValueFactory = _ => 1,
        };
        var linger = new Option<int>("--linger")
        {
            Description = "Go on giving for so long once it is there",
            HelpName = "SECONDS",
        };
        var timeout = new Option<int>("--timeout")
        {
            Description = "Give up when nothing came for so long (default 120)",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 120,
        };
        var port = new Option<int>("--port")
        {
            Description = "The TCP port for other viewers (default: a free one)",
            HelpName = "PORT",
        };
        var json = new Option<bool>("--json")
        {
            Description = "Write one JSON document to standard output, and nothing else there",
        };
        command.Arguments.Add(what);
        foreach (Option option in new Option[] { output, noWebSeed, noPeers, shareLimit, linger, timeout, port, json })
            command.Options.Add(option);
        command.SetAction(
            async (parsed, stop) =>
            {
                if (parsed.GetValue(linger) < 0 || parsed.GetValue(timeout) < 1)
                    return Complaint.WrongUsage("--linger takes 0 seconds or more, --timeout 1 or more.");
                if (parsed.GetValue(shareLimit) is not (>= 0 and <= 1000))
                    return Complaint.WrongUsage("--share-limit takes a number from 0 to 1000.");
                if (parsed.GetValue(port) is < 0 or > ushort.MaxValue)
                    return Complaint.WrongUsage("--port takes 0 to 65535.");
                var wishes = new DownloadWishes
                {
                    Folder = parsed.GetValue(output)!,
                    UseWebSeeds = !parsed.GetValue(noWebSeed),
                    UsePeers = !parsed.GetValue(noPeers),
                    ShareLimit = parsed.GetValue(noPeers) ? 0 : parsed.GetValue(shareLimit),
                    Linger = TimeSpan.FromSeconds(parsed.GetValue(linger)),
                    Patience = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                    Port = parsed.GetValue(port),
                };
                using HttpClient http = Http();
                // The first signal ends it in order: trackers hear of it, and what is there stays.
                using var leave = CancellationTokenSource.CreateLinkedTokenSource(stop);
                using PosixSignalRegistration interrupted = OnSignal(PosixSignal.SIGINT, leave);
                using PosixSignalRegistration terminated = OnSignal(PosixSignal.SIGTERM, leave);
                Answer<DownloadResult> got = await ShowingProgressAsync(
                    wishes,
                    http,
                    parsed.GetRequiredValue(what),
                    leave.Token
                );
                if (!got.TryGet(out DownloadResult? result, out Failure? failure))
                    return Complaint.Fail(failure.Message);
                if (parsed.GetValue(json))
                    Terminal.WriteJson(new DownloadResource(result));
                else
                    Print(result);
                return ExitStatus.Done;
            }
        );
        return command;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource leave) =>
        PosixSignalRegistration.Create(
            signal,
            context =>
            {
                context.Cancel = !leave.IsCancellationRequested;
                leave.Cancel();
            }
        );

    private static HttpClient Http()
    {
        var http = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(10),
                // A body that came packed would not be the range that was asked for.
                AutomaticDecompression = DecompressionMethods.None,
            }
        )
        {
            Timeout = TimeSpan.FromMinutes(10),
        };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("distribution");
        return http;
    }

    private static async Task<Answer<DownloadResult>> ShowingProgressAsync(
        DownloadWishes wishes,
        HttpClient http,
        string what,
        CancellationToken stop
    )
    {
        if (Terminal.ForProgress() is not { } console)
            return await new Downloader(wishes, http, static _ => { }, TimeProvider.System).RunAsync(what, stop);
        if (wishes.ShareLimit > 0)
            console.WriteLine(
                $"While it comes, other viewers get from here at most {wishes.ShareLimit:0.##} times what came; --share-limit 0: nothing. Nothing runs on afterwards."
            );
        return await console
            .Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn()
            )
            .StartAsync(async bars =>
            {
                ProgressTask bar = bars.AddTask("looking for it", maxValue: 1);
                var downloader = new Downloader(
                    wishes,
                    http,
                    line => console.MarkupLineInterpolated($"[yellow]{Terminal.Plain(line)}[/]"),
                    TimeProvider.System
                )
                {
                    Progress = (torrent, bytes, peers) =>
                    {
                        bar.MaxValue = Math.Max(1, torrent.LengthBytes);
                        bar.Value = bytes;
                        bar.Description = Markup.Escape($"{Terminal.Plain(torrent.Name)}, {peers} peers");
                    },
                };
                return await downloader.RunAsync(what, stop);
            });
    }

    private static void Print(DownloadResult result)
    {
        DownloadFigures figures = result.Figures;
        FileLinks.Line("saved", result.Path);
        FileLinks.Line("size", ByteText.Of(result.Torrent.LengthBytes));
        FileLinks.Line("sha-256", result.Sha256);
        FileLinks.Line("info-hash", result.Torrent.InfoHash.ToString());
        if (figures.FoundBytes > 0)
            FileLinks.Line("was here", ByteText.Of(figures.FoundBytes));
        FileLinks.Line("web seed", ByteText.Of(figures.Of(ByteSource.WebSeed)));
        FileLinks.Line("edges", ByteText.Of(figures.Of(ByteSource.Edge)));
        FileLinks.Line("peers", ByteText.Of(figures.Of(ByteSource.Peer)));
        FileLinks.Line("wasted", ByteText.Of(figures.WastedBytes));
        FileLinks.Line("gave", ByteText.Of(figures.UploadedBytes));
        FileLinks.Line("took", string.Create(CultureInfo.InvariantCulture, $"{result.Took.TotalSeconds:0.0} s"));
    }
}
