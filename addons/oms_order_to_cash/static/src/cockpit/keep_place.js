/**
 * Reload a list and put back what a reload loses: the selection and the focus. Page, order, folds and scroll stay anyway.
 *
 * @param {HTMLElement} root
 * @param {import("@web/model/relational_model/relational_model").RelationalModel} model
 * @param {() => Promise<void>} reload
 */
export async function keepPlace(root, model, reload) {
    const before = model.root.records;
    const place = getFocus(root, model);
    await reload();
    // Looked at only now: something may have been selected while it loaded.
    const selected = new Set(
        before.filter((record) => record.selected).map((record) => record.resId)
    );
    for (const record of model.root.records) {
        if (selected.has(record.resId) && !record.selected) {
            record.toggleSelection(true);
        }
    }
    if (place) {
        // The rows are drawn in the frame that follows.
        await new Promise((resolve) => requestAnimationFrame(resolve));
        setFocus(root, model, place);
    }
}

const CELLS = ":scope > td, :scope > th";

function getFocus(root, model) {
    const cell = document.activeElement?.closest(".o_data_row > td");
    if (!cell || !root.contains(cell)) {
        return null;
    }
    const row = cell.parentElement;
    return {
        resId: model.root.records.find((record) => record.id === row.dataset.id)?.resId,
        rowIndex: [...root.querySelectorAll(".o_data_row")].indexOf(row),
        cellIndex: [...row.querySelectorAll(CELLS)].indexOf(cell),
        inner: cell !== document.activeElement,
    };
}

function setFocus(root, model, {resId, rowIndex, cellIndex, inner}) {
    if (document.activeElement && document.activeElement !== document.body) {
        return;
    }
    const rows = [...root.querySelectorAll(".o_data_row")];
    const rowId = model.root.records.find((record) => record.resId === resId)?.id;
    const row =
        rows.find(({dataset}) => dataset.id === rowId) ||
        rows[Math.min(rowIndex, rows.length - 1)];
    const cell = row?.querySelectorAll(CELLS)[cellIndex];
    const target =
        // The way back is no substitute for the button that was pressed: the next key must not take it.
        (inner &&
            cell?.querySelector("a, button:not(:disabled, .o_oms_undo), input")) ||
        cell;
    target?.focus({preventScroll: true});
}
