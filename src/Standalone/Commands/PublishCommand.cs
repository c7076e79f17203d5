using System.CommandLine;
using System.Text.Json;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Display;
using Distribution.Standalone.Uploads;
using Spectre.Console;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution publish PATH</c>: uploads, waits until published, prints the links.</summary>
internal static class PublishCommand
{
    /// <summary>Most files are published as their last byte comes; longer pauses follow for the others.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var command = new Command(
            "publish",
            "Upload a file or folder (resumes by itself), wait until it is published, print its links"
        );
        var path = new Argument<string>("PATH") { Description = "The file, or the folder with all files in it" };
        var title = new Option<string?>("--title") { Description = "What people see; default: the name" };
        var format = new Option<string?>("--format")
        {
            Description =
                "v1: every BitTorrent client takes it; hybrid: v1 and v2 (BEP 52) in one, refused by Transmission 3, aria2 1.36 and "
                + "other old clients. Default: as the server is set, which is v1 unless it was told otherwise",
            HelpName = "v1|hybrid",
        };
        format.AcceptOnlyFromAmong("v1", "hybrid");
        var pieceLength = new Option<string?>("--piece-length")
        {
            Description = "A power of two from 16KiB to 64MiB; default: by size",
            HelpName = "SIZE",
        };
        var replaces = new Option<string?>("--replaces")
        {
            Description =
                "The id of a file of which this is a new version: its page and its viewers' page lead to this one",
            HelpName = "ID",
        };
        command.Arguments.Add(path);
        command.Options.Add(title);
        command.Options.Add(format);
        command.Options.Add(pieceLength);
        command.Options.Add(replaces);
        var client = new ClientOptions(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                long? pieceBytes = null;
                if (parsed.GetValue(pieceLength) is { } text)
                {
                    if (!ByteSize.TryParse(text, out long bytes))
                        return Complaint.WrongUsage($"--piece-length: \"{text}\" is no size, as 1MiB is.");
                    pieceBytes = bytes;
                }
                var wishes = new UploadWishes(
                    parsed.GetValue(title),
                    parsed.GetValue(format),
                    pieceBytes,
                    parsed.GetValue(replaces)
                );
                Answer<UploadSource> found = UploadSource.Find(parsed.GetRequiredValue(path));
                if (!found.TryGet(out UploadSource? source, out Failure? failure))
                    return Complaint.Fail(failure.Message);
                Answer<ServerClient> connected = client.Connect(parsed);
                if (!connected.TryGet(out ServerClient? server, out failure))
                    return Complaint.Fail(failure.Message);
                using (server)
                {
                    Answer<JsonElement> published = await PublishAsync(server, source, wishes, stop);
                    if (!published.TryGet(out JsonElement json, out failure))
                        return Complaint.Fail(failure.Message);
                    return Print(json, client.WantsJson(parsed));
                }
            }
        );
        return command;
    }

    private static async Task<Answer<JsonElement>> PublishAsync(
        ServerClient server,
        UploadSource source,
        UploadWishes wishes,
        CancellationToken stop
    )
    {
        foreach (string empty in source.EmptyFolders)
            Complaint.Note($"{empty} is an empty folder, which no torrent can hold; it is left out.");
        Answer<UploadMemory> opened = UploadMemory.Open(server.Server, source, wishes);
        if (!opened.TryGet(out UploadMemory? memory, out Failure? failure))
            return failure;
        using (memory)
        {
            var upload = new ResumingUpload(server, source, wishes, TimeProvider.System);
            Answer<string> uploaded = await ShowingProgressAsync(
                source,
                progress => upload.RunAsync(memory, progress, stop)
            );
            if (!uploaded.TryGet(out string? fileId, out failure))
                return failure;
            Answer<JsonElement> published = await UntilPublishedAsync(server, fileId, stop);
            // A failed file is over, too; a lost connection is not.
            if (published.TryGet(out _, out failure) || !failure.IsTransient)
                memory.Forget();
            return published;
        }
    }

    private static async Task<Answer<string>> ShowingProgressAsync(
        UploadSource source,
        Func<UploadProgress, Task<Answer<string>>> upload
    )
    {
        if (Terminal.ForProgress() is not { } console)
            return await upload(new UploadProgress(_ => { }, _ => { }));
        return await Terminal
            .Bars(console)
            .StartAsync(async bars =>
            {
                ProgressTask bar = bars.AddTask(
                    Markup.Escape(Terminal.Plain(source.Name)),
                    maxValue: Math.Max(1, source.SizeBytes)
                );
                return await upload(
                    new UploadProgress(
                        bytes => bar.Value = bytes,
                        line => console.MarkupLineInterpolated($"[yellow]{Terminal.Plain(line)}[/]")
                    )
                );
            });
    }

    private static async Task<Answer<JsonElement>> UntilPublishedAsync(
        ServerClient server,
        string fileId,
        CancellationToken stop
    )
    {
        for (TimeSpan pause = FirstPause; ; pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks)))
        {
            Answer<JsonElement> answer = await server.GetFileAsync(fileId, stop);
            if (!answer.TryGet(out JsonElement json, out Failure? failure))
                return failure;
            if (!FileAnswer.Read(json).TryGet(out FileAnswer? file, out failure))
                return failure;
            switch (file.State)
            {
                case "published":
                    return json;
                case "failed":
                    return new Failure($"The server could not publish it: {file.FailureReason ?? "no reason given"}");
                case "unpublished":
                    return new Failure("It was unpublished meanwhile.");
            }
            await Task.Delay(pause, stop);
        }
    }

    internal static int Print(JsonElement json, bool asJson)
    {
        if (asJson)
        {
            Terminal.WriteJson(json);
            return ExitStatus.Done;
        }
        if (!FileAnswer.Read(json).TryGet(out FileAnswer? file, out Failure? failure))
            return Complaint.Fail(failure.Message);
        FileLinks.Print(file);
        return ExitStatus.Done;
    }
}
