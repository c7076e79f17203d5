using System.Net;
using System.Text.Json;
using Distribution.Standalone.Client;
using Distribution.Standalone.Display;

namespace Distribution.Standalone.Uploads;

/// <summary>
/// Brings a file or folder to the server, whatever happens on the way: goes on from the server's own offset after a lost connection, with
/// growing pauses, and in a later run of the program.
/// </summary>
internal sealed class ResumingUpload(ServerClient server, UploadSource source, UploadWishes wishes, TimeProvider clock)
{
    /// <summary>Without progress for this long the program gives up; another run resumes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly TusClient _tus = new(server);
    private readonly PartSizes _parts = new();

    /// <summary>The server has nothing of it yet and need not be asked.</summary>
    private bool _isNew;

    /// <summary>Uploads what is missing; answers the file's id.</summary>
    public async Task<Answer<string>> RunAsync(UploadMemory memory, UploadProgress progress, CancellationToken stop)
    {
        for (bool restarted = false; ; restarted = true)
        {
            Answer<Uri> found = await LocateAsync(memory, stop);
            if (!found.TryGet(out Uri? location, out Failure? failure))
                return failure;
            failure = await SendAsync(location, progress, stop);
            if (failure is null)
                return FileId(location);
            if (failure.Status is not (HttpStatusCode.NotFound or HttpStatusCode.Gone))
                return failure;
            memory.Forget();
            if (restarted)
                return failure;
            progress.Told("The server has let the upload go; starting over.");
        }
    }

    /// <summary>The remembered upload where the server still has it, else a new one.</summary>
    private async Task<Answer<Uri>> LocateAsync(UploadMemory memory, CancellationToken stop)
    {
        if (memory.Location is { } remembered)
        {
            Answer<JsonElement> asked = await server.GetFileAsync(FileId(remembered), stop);
            if (asked.TryGet(out JsonElement json, out Failure? missing))
            {
                Answer<FileAnswer> read = FileAnswer.Read(json);
                if (read.TryGet(out FileAnswer? known, out _) && known.State is not ("failed" or "unpublished"))
                    return remembered;
            }
            else if (missing.Status != HttpStatusCode.NotFound)
            {
                return missing;
            }
            memory.Forget();
        }
        Answer<Uri> created = await _tus.CreateAsync(source, wishes, stop);
        _isNew = true;
        if (created.TryGet(out Uri? location, out Failure? failure))
            memory.Remember(location);
        return failure is null ? location! : failure;
    }

    /// <summary>Null once the server holds every byte.</summary>
    private async Task<Failure?> SendAsync(Uri location, UploadProgress progress, CancellationToken stop)
    {
        long acknowledged = -1;
        int losses = 0;
        long lastProgress = clock.GetTimestamp();
        while (true)
        {
            Failure? failure = await SendPartsAsync(
                location,
                offset =>
                {
                    if (offset > acknowledged)
                    {
                        acknowledged = offset;
                        losses = 0;
                        lastProgress = clock.GetTimestamp();
                    }
                },
                progress,
                stop
            );
            if (failure is null || !failure.IsTransient)
                return failure;
            _parts.Lost(again: losses > 0);
            if (clock.GetElapsedTime(lastProgress) > Patience)
                return failure with
                {
                    Message =
                        $"{failure.Message} {ByteText.Of(Math.Max(0, acknowledged))} of {ByteText.Of(source.SizeBytes)} are uploaded; run the command again to resume.",
                };
            TimeSpan pause = Pause(losses++);
            progress.Told($"{failure.Message} Trying again in {pause.TotalSeconds:0.0} s.");
            await Task.Delay(pause, clock, stop);
        }
    }

    private async Task<Failure?> SendPartsAsync(
        Uri location,
        Action<long> acknowledged,
        UploadProgress progress,
        CancellationToken stop
    )
    {
        Answer<long> asked = _isNew ? 0 : await _tus.GetOffsetAsync(location, stop);
        _isNew = false;
        if (!asked.TryGet(out long offset, out Failure? failure))
            return failure;
        acknowledged(offset);
        progress.Moved(offset);
        while (offset < source.SizeBytes)
        {
            if (source.Changed() is { } changed)
                return changed;
            long moved = offset;
            long lengthBytes = Math.Min(_parts.Bytes, source.SizeBytes - offset);
            long started = clock.GetTimestamp();
            Answer<long> patched = await _tus.PatchAsync(
                location,
                source,
                offset,
                lengthBytes,
                bytes => progress.Moved(moved += bytes),
                stop
            );
            if (!patched.TryGet(out long next, out failure))
            {
                if (failure.Status == HttpStatusCode.RequestEntityTooLarge && _parts.TooLong(lengthBytes))
                    continue;
                // Another offset than ours (409): ask for the server's and go on from there.
                return failure with { IsTransient = failure.IsTransient || failure.Status == HttpStatusCode.Conflict };
            }
            if (next <= offset)
                return new Failure($"{server.Server} takes nothing of it.", IsTransient: true);
            _parts.Taken(next - offset, clock.GetElapsedTime(started));
            offset = next;
            acknowledged(offset);
        }
        return source.Changed();
    }

    private static TimeSpan Pause(int losses)
    {
        double factor = Math.Pow(2, Math.Min(losses, 16)) * (0.75 + Random.Shared.NextDouble() / 2);
        return TimeSpan.FromSeconds(Math.Min(FirstPause.TotalSeconds * factor, LongestPause.TotalSeconds));
    }

    private static string FileId(Uri location) => Uri.UnescapeDataString(location.Segments[^1].TrimEnd('/'));
}
