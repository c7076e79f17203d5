using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Problems;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.Uploads;

/// <summary>Which file an upload may be a new version of: one of the same publisher that is or was published.</summary>
internal sealed class ReplacedFiles(IGrainFactory grains)
{
    /// <summary>Null: nothing speaks against it. Another publisher's file is not there.</summary>
    public async Task<IResult?> CheckAsync(NewUpload upload)
    {
        if (upload.Replaces is not { } fileId)
            return null;
        PublishedFile? file = FileIds.IsValid(fileId)
            ? await grains.GetGrain<IPublishedFileGrain>(fileId).GetAsync()
            : null;
        return file?.PublisherId != upload.PublisherId
                ? Problem.InvalidReplaced.With("The publisher has no file of the id in \"replaces\".")
            : file.CanBeReplaced() ? null
            : Problem.InvalidReplaced.With("The file in \"replaces\" has never been published.");
    }
}
