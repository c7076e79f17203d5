using Distribution.Ingest.Contents;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.Uploads;

/// <summary>How an upload stands after a request.</summary>
/// <param name="OffsetBytes">Durable; null where the request did not come so far as to see it.</param>
/// <param name="Refusal">What the client gets instead of success.</param>
internal sealed record UploadStep(ContentManifest Manifest, long? OffsetBytes, IResult? Refusal)
{
    public static UploadStep Done(ContentManifest manifest, long offsetBytes) => new(manifest, offsetBytes, null);

    public static UploadStep Refused(ContentManifest manifest, IResult refusal, long? offsetBytes = null) =>
        new(manifest, offsetBytes, refusal);
}
