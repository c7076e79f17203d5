using Distribution.Standalone.Client;
using Microsoft.AspNetCore.StaticFiles;

namespace Distribution.Standalone.Uploads;

/// <summary>The file to upload, as it was when the command began: another size or time means another file.</summary>
internal sealed record SourceFile(string Path, string Name, long SizeBytes, DateTime ModifiedAtUtc)
{
    public string ContentType =>
        new FileExtensionContentTypeProvider().TryGetContentType(Name, out string? type)
            ? type
            : "application/octet-stream";

    public static Answer<SourceFile> Find(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (Directory.Exists(path))
                return new Failure($"{path} is a folder; one file at a time can be published.");
            if (!file.Exists)
                return new Failure($"There is no file {path}.");
            return new SourceFile(file.FullName, file.Name, file.Length, file.LastWriteTimeUtc);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new Failure($"{path} cannot be read: {fault.Message}");
        }
    }

    /// <summary>Null while the file is what it was.</summary>
    public Failure? Changed() =>
        Find(Path) is var now && now.TryGet(out SourceFile? file, out _) && file == this
            ? null
            : new Failure($"{Path} changed while it was uploaded; run the command again to publish what it is now.");
}
