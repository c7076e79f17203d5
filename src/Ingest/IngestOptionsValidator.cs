using Distribution.Ingest.Contents.Azure;
using Microsoft.Extensions.Options;

namespace Distribution.Ingest;

/// <summary>Says everything that is wrong with <see cref="IngestOptions"/>, not only the first thing.</summary>
public sealed class IngestOptionsValidator : IValidateOptions<IngestOptions>
{
    public ValidateOptionsResult Validate(string? name, IngestOptions options)
    {
        var errors = new List<string>();
        Check(
            options.Content.Folder is null || !string.IsNullOrWhiteSpace(options.Content.Folder),
            $"{nameof(options.Content)} is empty: name a folder or Azure Storage for the content."
        );
        if (options.Content.Folder is null)
            errors.AddRange(AzureStoreChecks.Find(options.Azure, options.MaxUploadBytes));
        Check(
            !string.IsNullOrWhiteSpace(options.SendJournalPath),
            $"{nameof(options.SendJournalPath)} is empty: name a file for the web seed's counters."
        );
        Check(options.MaxUploadBytes > 0, $"{nameof(options.MaxUploadBytes)} must be above 0.");
        Check(options.MaxUploadBytes <= 1L << 42, $"{nameof(options.MaxUploadBytes)} must be at most 4 TiB.");
        Check(options.MinFreeDiskBytes >= 0, $"{nameof(options.MinFreeDiskBytes)} must not be below 0.");
        Check(options.PublisherQuotaBytes >= 0, $"{nameof(options.PublisherQuotaBytes)} must not be below 0.");
        Check(options.MaxOpenUploads > 0, $"{nameof(options.MaxOpenUploads)} must be above 0.");
        Check(
            options.UploadLifetime >= TimeSpan.FromMinutes(1),
            $"{nameof(options.UploadLifetime)} must be at least a minute."
        );
        Check(Enum.IsDefined(options.DefaultFormat), $"{nameof(options.DefaultFormat)} is neither v1 nor hybrid.");
        foreach (string root in options.ImportRoots)
            Check(Directory.Exists(root), $"{nameof(options.ImportRoots)}: there is no folder \"{root}\".");
        Check(
            options.Content.Folder is null || options.CdnLogs.All(static source => source.Folder is not null),
            $"{nameof(options.CdnLogs)}: a container of logs needs Azure Storage as {nameof(options.Content)}."
        );
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(bool holds, string error)
        {
            if (!holds)
                errors.Add(error);
        }
    }
}
