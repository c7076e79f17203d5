using System.CommandLine;
using System.Text.Json;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Display;
using Distribution.Standalone.Uploads;
using Spectre.Console;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution publish FILE</c>: uploads, waits until published, prints the links.</summary>
internal static class PublishCommand
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var command = new Command(
            "publish",
            "Upload a file (resumes by itself), wait until it is published, print its links"
        );
        var path = new Argument<string>("FILE") { Description = "The file" };
        var title = new Option<string?>("--title") { Description = "What people see; default: the file's name" };
        command.Arguments.Add(path);
        command.Options.Add(title);
        var client = new ClientOptions(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                Answer<SourceFile> found = SourceFile.Find(parsed.GetRequiredValue(path));
                if (!found.TryGet(out SourceFile? file, out Failure? failure))
                    return Complaint.Fail(failure.Message);
                Answer<ServerClient> connected = client.Connect(parsed);
                if (!connected.TryGet(out ServerClient? server, out failure))
                    return Complaint.Fail(failure.Message);
                using (server)
                {
                    Answer<JsonElement> published = await PublishAsync(server, file, parsed.GetValue(title), stop);
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
        SourceFile file,
        string? title,
        CancellationToken stop
    )
    {
        Answer<UploadMemory> opened = UploadMemory.Open(server.Server, file);
        if (!opened.TryGet(out UploadMemory? memory, out Failure? failure))
            return failure;
        using (memory)
        {
            var upload = new ResumingUpload(server, file, TimeProvider.System);
            Answer<string> uploaded = await ShowingProgressAsync(
                file,
                progress => upload.RunAsync(memory, title, progress, stop)
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
        SourceFile file,
        Func<UploadProgress, Task<Answer<string>>> upload
    )
    {
        if (Terminal.ForProgress() is not { } console)
            return await upload(new UploadProgress(_ => { }, _ => { }));
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
                ProgressTask bar = bars.AddTask(
                    Markup.Escape(Terminal.Plain(file.Name)),
                    maxValue: Math.Max(1, file.SizeBytes)
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
        while (true)
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
            await Task.Delay(PollInterval, stop);
        }
    }

    private static int Print(JsonElement json, bool asJson)
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
