using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Distribution.Dashboard.Api;

/// <summary>Which part of a list is asked for: <c>?cursor=…&amp;limit=…</c>.</summary>
internal sealed record ListAsk([FromQuery] string? Cursor, [FromQuery] string? Limit)
{
    public const int MaxLimit = 200;

    /// <summary>Lists that came whole before they had pages: few are longer.</summary>
    public const int DefaultLimit = MaxLimit;

    private const int MaxCursorLength = 512;

    /// <summary>False: <paramref name="refusal"/> says what is wrong.</summary>
    public bool TryRead(out int count, out string? after, out IResult? refusal)
    {
        after = null;
        refusal = null;
        count = DefaultLimit;
        if (Limit is not null && (!int.TryParse(Limit, out count) || count is < 1 or > MaxLimit))
            refusal = Problems.Invalid($"limit is a number from 1 to {MaxLimit}.");
        else if (!string.IsNullOrEmpty(Cursor) && !TryDecode(Cursor, out after))
            refusal = Problems.Invalid("cursor is not one of ours.");
        return refusal is null;
    }

    /// <summary>A page of a list that is short enough to be read whole: those whose place follows the cursor's, also when that one is gone.</summary>
    /// <param name="placeOf">Where it stands in the list: unique, ordered by its characters.</param>
    public IResult Page<TItem, TResource>(
        IEnumerable<TItem> items,
        Func<TItem, string> placeOf,
        Func<TItem, TResource> resourceOf
    )
    {
        if (!TryRead(out int count, out string? after, out IResult? refusal))
            return refusal!;
        List<(string Place, TItem Item)> left =
        [
            .. items
                .Select(item => (Place: placeOf(item), Item: item))
                .Where(one => after is null || string.CompareOrdinal(one.Place, after) > 0)
                .OrderBy(one => one.Place, StringComparer.Ordinal)
                .Take(count + 1),
        ];
        string? next = left.Count > count ? Encode(left[count - 1].Place) : null;
        return Results.Ok(new ItemList<TResource>([.. left.Take(count).Select(one => resourceOf(one.Item))], next));
    }

    /// <summary>A place in a list that begins with the newest.</summary>
    public static string NewestFirst(DateTimeOffset at, string id) => $"{long.MaxValue - at.UtcTicks:x16}.{id}";

    /// <summary>A place in a list that begins with the oldest.</summary>
    public static string OldestFirst(DateTimeOffset at, string id) => $"{at.UtcTicks:x16}.{id}";

    public static string Encode(string place) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(place));

    private static bool TryDecode(string cursor, out string? place)
    {
        place = null;
        if (cursor.Length > MaxCursorLength || !Base64Url.IsValid(cursor))
            return false;
        place = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        return place.Length > 0;
    }
}
